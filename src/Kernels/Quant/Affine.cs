using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// Between real numbers and quantised ones: real = scale * (q - zeroPoint). Spans of one scale, or with a scale for
/// each element (channels last); other layouts call it run by run.
/// </summary>
internal static class Affine
{
    /// <summary>
    /// q = saturate(round(x / scale) + zeroPoint), rounding half away from zero. A quotient that does not fit an int,
    /// and NaN, counts as INT_MIN and the zero point is added with wrapping, as the reference does on x86: so +1e30
    /// becomes the least value when the zero point is not negative.
    /// </summary>
    public static void Quantize<T>(ReadOnlySpan<float> input, float scale, int zeroPoint, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        var action = new QuantizeAction<T>
        {
            Input = input,
            Output = output,
            Scales = new ReadOnlySpan<float>(in scale),
            ZeroPoints = new ReadOnlySpan<int>(in zeroPoint),
        };
        Isa.Dispatch(ref action);
    }

    /// <summary>The same with scale and zero point of element i at index i.</summary>
    public static void QuantizeChannels<T>(
        ReadOnlySpan<float> input, ReadOnlySpan<float> scales, ReadOnlySpan<int> zeroPoints, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        Lengths.MustMatch(input.Length, scales.Length);
        Lengths.MustMatch(input.Length, zeroPoints.Length);
        var action = new QuantizeAction<T> { Input = input, Output = output, Scales = scales, ZeroPoints = zeroPoints };
        Isa.Dispatch(ref action);
    }

    /// <summary>
    /// scale * (q - zeroPoint) with one rounding; exact arithmetic up to it for types of at most 16 bits.
    /// </summary>
    public static void Dequantize<T>(ReadOnlySpan<T> input, float scale, int zeroPoint, Span<float> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        var action = new DequantizeAction<T>
        {
            Input = input,
            Output = output,
            Scales = new ReadOnlySpan<float>(in scale),
            ZeroPoints = new ReadOnlySpan<int>(in zeroPoint),
        };
        Isa.Dispatch(ref action);
    }

    /// <summary>The same with scale and zero point of element i at index i.</summary>
    public static void DequantizeChannels<T>(
        ReadOnlySpan<T> input, ReadOnlySpan<float> scales, ReadOnlySpan<int> zeroPoints, Span<float> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        Lengths.MustMatch(input.Length, scales.Length);
        Lengths.MustMatch(input.Length, zeroPoints.Length);
        var action =
            new DequantizeAction<T> { Input = input, Output = output, Scales = scales, ZeroPoints = zeroPoints };
        Isa.Dispatch(ref action);
    }

    internal ref struct QuantizeAction<T> : ILanesAction where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public required ReadOnlySpan<float> Input { get; init; }
        public required ReadOnlySpan<float> Scales { get; init; }
        public required ReadOnlySpan<int> ZeroPoints { get; init; }
        public required Span<T> Output { get; init; }

        [MethodImpl(Jit.Loop)]
        public void Invoke<TLanes, F, I>()
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            ref float from = ref MemoryMarshal.GetReference(Input);
            ref T to = ref MemoryMarshal.GetReference(Output);
            ref float scales = ref MemoryMarshal.GetReference(Scales);
            ref int zeros = ref MemoryMarshal.GetReference(ZeroPoints);
            bool perElement = Scales.Length > 1;
            F scale = F.Splat(Scales.Length == 1 ? scales : 1);
            I zero = I.Splat(Scales.Length == 1 ? zeros : 0);
            nuint length = (nuint)Input.Length;
            // In bounds: whole vectors end at length or before it, partial ones exactly there; scales are one or as
            // long.
            for (nuint i = 0; i < length; i += (nuint)I.Count)
            {
                int count = (int)nuint.Min((nuint)I.Count, length - i);
                bool whole = count == I.Count;
                if (perElement)
                {
                    scale = whole ? F.Load(ref scales, i) : F.LoadPartial(ref scales, i, count);
                    zero = whole ? I.Load(ref zeros, i) : I.LoadPartial(ref zeros, i, count);
                }
                F x = whole ? F.Load(ref from, i) : F.LoadPartial(ref from, i, count);
                I q = TLanes.ToInt(Rounding.HalfAway(x / scale)) + zero;
                if (whole) TLanes.StoreNarrow(q, ref to, i);
                else PartialLanes<TLanes, F, I>.StoreNarrow(q, ref to, i, count);
            }
        }
    }

    internal ref struct DequantizeAction<T> : ILanesAction where T : unmanaged, IBinaryInteger<T>
    {
        public required ReadOnlySpan<T> Input { get; init; }
        public required ReadOnlySpan<float> Scales { get; init; }
        public required ReadOnlySpan<int> ZeroPoints { get; init; }
        public required Span<float> Output { get; init; }

        [MethodImpl(Jit.Loop)]
        public void Invoke<TLanes, F, I>()
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            ref T from = ref MemoryMarshal.GetReference(Input);
            ref float to = ref MemoryMarshal.GetReference(Output);
            ref float scales = ref MemoryMarshal.GetReference(Scales);
            ref int zeros = ref MemoryMarshal.GetReference(ZeroPoints);
            bool perElement = Scales.Length > 1;
            F scale = F.Splat(Scales.Length == 1 ? scales : 1);
            I zero = I.Splat(Scales.Length == 1 ? zeros : 0);
            nuint length = (nuint)Input.Length;
            // In bounds: as in QuantizeAction.
            for (nuint i = 0; i < length; i += (nuint)I.Count)
            {
                int count = (int)nuint.Min((nuint)I.Count, length - i);
                bool whole = count == I.Count;
                if (perElement)
                {
                    scale = whole ? F.Load(ref scales, i) : F.LoadPartial(ref scales, i, count);
                    zero = whole ? I.Load(ref zeros, i) : I.LoadPartial(ref zeros, i, count);
                }
                I q = whole ? TLanes.LoadWiden(ref from, i) : PartialLanes<TLanes, F, I>.LoadWiden(ref from, i, count);
                F x = TLanes.ToFloat(q - zero) * scale;
                if (whole) F.Store(x, ref to, i);
                else F.StorePartial(x, ref to, i, count);
            }
        }
    }
}
