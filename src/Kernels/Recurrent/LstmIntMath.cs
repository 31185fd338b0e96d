using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Recurrent;

/// <summary>The element-wise parts of an int8 LSTM step whose gates and cell state have 16 bits; the bits of the reference.</summary>
internal static class LstmIntMath
{
    /// <summary>target = saturate(target + zeroPoint + (sums + bias) * factor), the sum wrapping; an empty bias counts as zeros.</summary>
    public static void AddScaled<T>(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, QuantizedMultiplier factor, int zeroPoint, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        LaneLoop.Run(new ScaledBody<T>(sums, bias, factor, zeroPoint, target), target.Length);

    /// <summary>
    /// gate[i] = saturate(gate[i] + weights[i mod period] * cell[i] * factor) for the first elements. The reference steps through them with
    /// the number of outputs as period, which is not that of the cells when there is a projection; results follow it.
    /// </summary>
    public static void AddPeephole(ReadOnlySpan<short> weights, int period, ReadOnlySpan<short> cell, QuantizedMultiplier factor, Span<short> gate)
    {
        for (int at = 0; at < gate.Length; at += period)
        {
            LaneLoop.Run(new PeepholeBody(weights[..period], cell.Slice(at, period), factor, gate.Slice(at, period)), period);
        }
    }

    /// <summary>
    /// state = saturate(forget * state * 2^-15 + input * candidate * 2^-shift), each product rounded; the input gate is 32767 - forget when it
    /// is empty. Gates are not negative. Clipped when clip is positive.
    /// </summary>
    public static void UpdateCell(ReadOnlySpan<short> input, ReadOnlySpan<short> forget, ReadOnlySpan<short> candidate, int shift, short clip, Span<short> state) =>
        LaneLoop.Run(new CellBody(input, forget, candidate, shift, clip, state), state.Length);

    /// <summary>output = saturate to int8 of (gate * value * factor + zeroPoint), plus <paramref name="offset"/>.</summary>
    public static void Hidden<T>(ReadOnlySpan<short> gate, ReadOnlySpan<short> values, QuantizedMultiplier factor, int zeroPoint, int offset, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        LaneLoop.Run(new HiddenBody<T>(gate, values, factor, zeroPoint, offset, output), output.Length);

    /// <summary>Limits values to [-clip, clip]; does nothing unless clip is positive.</summary>
    public static void Clip(Span<sbyte> values, sbyte clip)
    {
        if (clip > 0) Map.Apply(new Clamp<sbyte>((sbyte)-clip, clip), values, values);
    }

    // In bounds, here and below: every span is as long as the loop.
    private readonly ref struct ScaledBody<T>(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, QuantizedMultiplier factor, int zeroPoint, Span<T> target) : IWideBody
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private readonly bool _hasBias = !bias.IsEmpty;
        private readonly ref readonly int _sums = ref MemoryMarshal.GetReference(sums[..target.Length]);
        private readonly ref readonly int _bias = ref MemoryMarshal.GetReference(bias.IsEmpty ? bias : bias[..target.Length]);
        private readonly ref T _target = ref MemoryMarshal.GetReference(target);
        private readonly QuantizedMultiplier _factor = factor;
        private readonly int _zeroPoint = zeroPoint;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            I sum = I.Load(in _sums, i);
            if (_hasBias) sum += I.Load(in _bias, i);
            I scaled = FixedPointLanes<L, F, I>.Multiply(sum, _factor);
            L.StoreNarrow(scaled + I.Splat(_zeroPoint) + L.LoadWiden(in _target, i), ref _target, i);
        }
    }

    private readonly ref struct PeepholeBody(ReadOnlySpan<short> weights, ReadOnlySpan<short> cell, QuantizedMultiplier factor, Span<short> gate) : IWideBody
    {
        private readonly ref readonly short _weights = ref MemoryMarshal.GetReference(weights);
        private readonly ref readonly short _cell = ref MemoryMarshal.GetReference(cell);
        private readonly ref short _gate = ref MemoryMarshal.GetReference(gate);
        private readonly QuantizedMultiplier _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            I product = L.LoadWiden(in _weights, i) * L.LoadWiden(in _cell, i);
            L.StoreNarrow(FixedPointLanes<L, F, I>.Multiply(product, _factor) + L.LoadWiden(in _gate, i), ref _gate, i);
        }
    }

    private readonly ref struct CellBody(ReadOnlySpan<short> input, ReadOnlySpan<short> forget, ReadOnlySpan<short> candidate, int shift, short clip, Span<short> state)
        : IWideBody
    {
        private readonly bool _isCoupled = input.IsEmpty;
        private readonly ref readonly short _input = ref MemoryMarshal.GetReference(input.IsEmpty ? input : input[..state.Length]);
        private readonly ref readonly short _forget = ref MemoryMarshal.GetReference(forget[..state.Length]);
        private readonly ref readonly short _candidate = ref MemoryMarshal.GetReference(candidate[..state.Length]);
        private readonly ref short _state = ref MemoryMarshal.GetReference(state);
        private readonly int _shift = shift, _high = clip > 0 ? clip : short.MaxValue, _low = clip > 0 ? -clip : short.MinValue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            I forget = L.LoadWiden(in _forget, i);
            I gate = _isCoupled ? I.Splat(short.MaxValue) - forget : L.LoadWiden(in _input, i);
            I kept = FixedPointLanes<L, F, I>.DivideByPot(forget * L.LoadWiden(in _state, i), 15);
            I added = FixedPointLanes<L, F, I>.DivideByPot(gate * L.LoadWiden(in _candidate, i), _shift);
            L.StoreNarrow(I.Max(I.Min(kept + added, I.Splat(_high)), I.Splat(_low)), ref _state, i);
        }
    }

    private readonly ref struct HiddenBody<T>(ReadOnlySpan<short> gate, ReadOnlySpan<short> values, QuantizedMultiplier factor, int zeroPoint, int offset, Span<T> output)
        : IWideBody
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private readonly ref readonly short _gate = ref MemoryMarshal.GetReference(gate[..output.Length]);
        private readonly ref readonly short _values = ref MemoryMarshal.GetReference(values[..output.Length]);
        private readonly ref T _output = ref MemoryMarshal.GetReference(output);
        private readonly QuantizedMultiplier _factor = factor;
        private readonly int _zeroPoint = zeroPoint, _offset = offset;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            I product = L.LoadWiden(in _gate, i) * L.LoadWiden(in _values, i);
            I hidden = FixedPointLanes<L, F, I>.Multiply(product, _factor) + I.Splat(_zeroPoint);
            hidden = I.Max(I.Min(hidden, I.Splat(sbyte.MaxValue)), I.Splat(sbyte.MinValue));
            L.StoreNarrow(hidden + I.Splat(_offset), ref _output, i);
        }
    }
}
