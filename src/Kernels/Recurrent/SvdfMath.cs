using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Recurrent;

/// <summary>The parts of an SVDF step: each filter keeps a window of its latest features, weighted over time.</summary>
internal static class SvdfMath
{
    /// <summary>Moves every window of <paramref name="memory"/> features by one and puts the new ones at the end.</summary>
    public static void Advance<T>(ReadOnlySpan<T> features, int memory, Span<T> state)
    {
        // What the move brings from the next window into the last place is overwritten.
        if (!state.IsEmpty) state[1..].CopyTo(state);
        for (int i = 0, last = memory - 1; i < features.Length; i++, last += memory) state[last] = features[i];
    }

    /// <summary>
    /// output[b, u] = bias[u] + sum over rank and time of weights * state; an empty bias counts as zeros. A sum over time is made in four parts,
    /// each of every fourth term, the last terms follow, then come the ranks: the bits of the reference. Error bound:
    /// gamma_(memory/4 + rank + 7) of the sum of magnitudes.
    /// </summary>
    public static void Combine(ReadOnlySpan<float> weights, ReadOnlySpan<float> state, ReadOnlySpan<float> bias, int rank, int memory, Span<float> output)
    {
        int units = weights.Length / memory / rank;
        for (int i = 0; i < output.Length; i++)
        {
            float sum = 0;
            for (int r = 0; r < rank; r++) sum += Dot(weights.Slice((i % units * rank + r) * memory, memory), state.Slice((i * rank + r) * memory, memory));
            output[i] = sum + (bias.IsEmpty ? 0 : bias[i % units]);
        }
    }

    /// <summary>The same in integers: output = saturate(zeroPoint + sum * factor), 32-bit wrapping sums.</summary>
    public static void Combine<TWeight, TState>(ReadOnlySpan<TWeight> weights, ReadOnlySpan<TState> state, ReadOnlySpan<int> bias, int rank, int memory,
        QuantizedMultiplier factor, int zeroPoint, Span<sbyte> output)
        where TWeight : unmanaged, IBinaryInteger<TWeight>
        where TState : unmanaged, IBinaryInteger<TState>
    {
        int units = weights.Length / memory / rank, length = rank * memory;
        for (int i = 0; i < output.Length; i++)
        {
            int sum = Dot(weights.Slice(i % units * length, length), state.Slice(i * length, length));
            if (!bias.IsEmpty) sum = unchecked(sum + bias[i % units]);
            output[i] = sbyte.CreateSaturating(unchecked(FixedPoint.Multiply(sum, factor) + zeroPoint));
        }
    }

    /// <summary>features = saturate(sums * factor) to the state's type.</summary>
    public static void Features<T>(ReadOnlySpan<int> sums, QuantizedMultiplier factor, Span<T> features) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        features.Clear();
        LstmIntMath.AddScaled(sums, default, factor, 0, features);
    }

    // In bounds: whole vectors that fit, then single elements. Without 128-bit hardware the four lanes are software, with the same bits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        b = b[..a.Length];
        V128<float> parts = default;
        int i = 0;
        for (; i + V128<float>.Count <= a.Length; i += V128<float>.Count)
        {
            parts += V128<float>.Load(in MemoryMarshal.GetReference(a), (nuint)i) * V128<float>.Load(in MemoryMarshal.GetReference(b), (nuint)i);
        }
        var lanes = parts.Lanes;
        float sum = lanes[0] + lanes[1] + lanes[2] + lanes[3];
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static int Dot<TA, TB>(ReadOnlySpan<TA> a, ReadOnlySpan<TB> b)
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
    {
        if (Isa.Current == VectorWidth.V512) return Dot<TA, TB, Lanes512, V512<float>, V512<int>>(a, b);
        if (Isa.Current == VectorWidth.V256) return Dot<TA, TB, Lanes256, V256<float>, V256<int>>(a, b);
        if (Isa.Current == VectorWidth.V128) return Dot<TA, TB, Lanes128, V128<float>, V128<int>>(a, b);
        return Dot<TA, TB, LanesScalar, Scalar<float>, Scalar<int>>(a, b);
    }

    // In bounds: whole vectors that fit, then single elements.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Dot<TA, TB, L, F, I>(ReadOnlySpan<TA> a, ReadOnlySpan<TB> b)
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        b = b[..a.Length];
        I lanes = default;
        int i = 0;
        for (; i + I.Count <= a.Length; i += I.Count)
        {
            lanes += L.LoadWiden(in MemoryMarshal.GetReference(a), (nuint)i) * L.LoadWiden(in MemoryMarshal.GetReference(b), (nuint)i);
        }
        int sum = I.Sum(lanes);
        for (; i < a.Length; i++) sum = unchecked(sum + int.CreateTruncating(a[i]) * int.CreateTruncating(b[i]));
        return sum;
    }
}
