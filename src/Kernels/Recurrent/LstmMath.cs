using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Recurrent;

/// <summary>
/// The element-wise parts of a float cell; spans are rows of cells. Every product and sum is rounded once, so each element is within
/// gamma_3 of the sum of its terms' magnitudes.
/// </summary>
internal static class LstmMath
{
    /// <summary>Added to the variance of a layer norm (value of the reference).</summary>
    private const float NormEpsilon = 1e-8f;

    /// <summary>sums[r, i] += weights[i] * values[r, i]: a peephole, or a diagonal recurrent matrix.</summary>
    public static void AddProduct(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int at = 0; at < sums.Length; at += weights.Length)
        {
            LaneLoop.Run<ProductBody, float>(new(weights, values.Slice(at, weights.Length), sums.Slice(at, weights.Length)), weights.Length);
        }
    }

    /// <summary>sums[r, i] += (scale * weights[i]) * values[r, i]: the same for weights quantised without a zero point.</summary>
    public static void AddProduct(ReadOnlySpan<sbyte> weights, float scale, ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int at = 0; at < sums.Length; at += weights.Length)
        {
            LaneLoop.Run(new ScaledProductBody(weights, scale, values.Slice(at, weights.Length), sums.Slice(at, weights.Length)), weights.Length);
        }
    }

    /// <summary>sums[i] += products[i] * scale, the integers rounded to the nearest float.</summary>
    public static void AddScaled(ReadOnlySpan<int> products, float scale, Span<float> sums) =>
        LaneLoop.Run(new ScaleBody(products[..sums.Length], scale, sums), sums.Length);

    /// <summary>
    /// Each row becomes (x - mean) / sqrt(variance + epsilon) * weights + bias, mean and variance being those of the row, summed from its first
    /// to its last element as the reference sums them.
    /// </summary>
    public static void Normalize(Span<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        for (int at = 0; at < rows.Length; at += weights.Length)
        {
            var row = rows.Slice(at, weights.Length);
            float sum = 0, squares = 0;
            foreach (float x in row) sum += x;
            float mean = sum / row.Length;
            foreach (float x in row) squares += (x - mean) * (x - mean);
            LaneLoop.Run<NormBody, float>(new(row, mean, 1 / MathF.Sqrt(squares / row.Length + NormEpsilon), weights, bias), row.Length);
        }
    }

    /// <summary>state = forget * state + input * candidate, the input gate being 1 - forget when it is empty; clipped when clip is positive.</summary>
    public static void UpdateCell(ReadOnlySpan<float> input, ReadOnlySpan<float> forget, ReadOnlySpan<float> candidate, float clip, Span<float> state)
    {
        LaneLoop.Run<CellBody, float>(new(input, forget, candidate, state), state.Length);
        Clip(state, clip);
    }

    /// <summary>values *= factors.</summary>
    public static void Multiply(ReadOnlySpan<float> factors, Span<float> values) => LaneLoop.Run<FactorBody, float>(new(factors, values), values.Length);

    /// <summary>Limits values to [-clip, clip]; a NaN becomes clip, as in the reference. Does nothing unless clip is positive.</summary>
    public static void Clip(Span<float> values, float clip)
    {
        if (clip > 0) Map.Apply(new ClipFn(clip), values, values);
    }

    /// <summary>Every row becomes <paramref name="row"/>; zeros when it is empty.</summary>
    public static void FillRows(ReadOnlySpan<float> row, Span<float> rows)
    {
        if (row.IsEmpty) rows.Clear();
        else for (int at = 0; at < rows.Length; at += row.Length) row.CopyTo(rows[at..]);
    }

    // In bounds, here and below: every span is as long as the loop.
    private readonly ref struct ProductBody(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> sums) : ILaneBody<float>
    {
        private readonly ref readonly float _weights = ref MemoryMarshal.GetReference(weights);
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nuint i) where V : unmanaged, ISimd<V, float> =>
            V.Store(V.Load(in _sums, i) + (V.Load(in _weights, i) * V.Load(in _values, i)), ref _sums, i);
    }

    private readonly ref struct ScaledProductBody(ReadOnlySpan<sbyte> weights, float scale, ReadOnlySpan<float> values, Span<float> sums) : IWideBody
    {
        private readonly ref readonly sbyte _weights = ref MemoryMarshal.GetReference(weights);
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);
        private readonly float _scale = scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            F weight = F.Splat(_scale) * L.ToFloat(L.LoadWiden(in _weights, i));
            F.Store(F.Load(in _sums, i) + (weight * F.Load(in _values, i)), ref _sums, i);
        }
    }

    private readonly ref struct ScaleBody(ReadOnlySpan<int> products, float scale, Span<float> sums) : IWideBody
    {
        private readonly ref readonly int _products = ref MemoryMarshal.GetReference(products);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);
        private readonly float _scale = scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int> =>
            F.Store(F.Load(in _sums, i) + (L.ToFloat(I.Load(in _products, i)) * F.Splat(_scale)), ref _sums, i);
    }

    private readonly ref struct NormBody(Span<float> row, float mean, float inverse, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias) : ILaneBody<float>
    {
        private readonly ref float _row = ref MemoryMarshal.GetReference(row);
        private readonly ref readonly float _weights = ref MemoryMarshal.GetReference(weights);
        private readonly ref readonly float _bias = ref MemoryMarshal.GetReference(bias[..row.Length]);
        private readonly float _mean = mean, _inverse = inverse;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nuint i) where V : unmanaged, ISimd<V, float>
        {
            V normal = (V.Load(in _row, i) - V.Splat(_mean)) * V.Splat(_inverse);
            V.Store((normal * V.Load(in _weights, i)) + V.Load(in _bias, i), ref _row, i);
        }
    }

    private readonly ref struct CellBody(ReadOnlySpan<float> input, ReadOnlySpan<float> forget, ReadOnlySpan<float> candidate, Span<float> state) : ILaneBody<float>
    {
        private readonly bool _isCoupled = input.IsEmpty;
        private readonly ref readonly float _input = ref MemoryMarshal.GetReference(input.IsEmpty ? input : input[..state.Length]);
        private readonly ref readonly float _forget = ref MemoryMarshal.GetReference(forget[..state.Length]);
        private readonly ref readonly float _candidate = ref MemoryMarshal.GetReference(candidate[..state.Length]);
        private readonly ref float _state = ref MemoryMarshal.GetReference(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nuint i) where V : unmanaged, ISimd<V, float>
        {
            V forget = V.Load(in _forget, i);
            V gate = _isCoupled ? V.Splat(1) - forget : V.Load(in _input, i);
            V.Store((forget * V.Load(in _state, i)) + (V.Load(in _candidate, i) * gate), ref _state, i);
        }
    }

    private readonly ref struct FactorBody(ReadOnlySpan<float> factors, Span<float> values) : ILaneBody<float>
    {
        private readonly ref readonly float _factors = ref MemoryMarshal.GetReference(factors[..values.Length]);
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(nuint i) where V : unmanaged, ISimd<V, float> => V.Store(V.Load(in _values, i) * V.Load(in _factors, i), ref _values, i);
    }

    private readonly struct ClipFn(float clip) : IUnaryClosure<float>
    {
        // Min and Max give their second operand for NaN.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => V.Max(V.Min(x, V.Splat(clip)), V.Splat(-clip));
    }
}
