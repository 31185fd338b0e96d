using System.Numerics;
using Graft.Kernels.Quant;

namespace Graft.Kernels.Recurrent;

/// <summary>The parts of an SVDF step: each filter keeps a window of its latest features, weighted over time.</summary>
internal static class SvdfMath
{
    /// <summary>Moves every window of <paramref name="memory"/> features by one and puts the new ones at the end.</summary>
    public static void Advance<T>(ReadOnlySpan<T> features, int memory, Span<T> state)
    {
        for (int i = 0; i < features.Length; i++)
        {
            var window = state.Slice(i * memory, memory);
            window[1..].CopyTo(window);
            window[^1] = features[i];
        }
    }

    /// <summary>output[b, u] = bias[u] + sum over rank and time of weights * state; an empty bias counts as zeros.</summary>
    public static void Combine(ReadOnlySpan<float> weights, ReadOnlySpan<float> state, ReadOnlySpan<float> bias, int rank, int memory, Span<float> output)
    {
        int units = weights.Length / memory / rank;
        for (int i = 0; i < output.Length; i++)
        {
            float sum = 0;
            for (int r = 0; r < rank; r++)
            {
                var w = weights.Slice((i % units * rank + r) * memory, memory);
                var x = state.Slice((i * rank + r) * memory, memory);
                float dot = 0;
                for (int t = 0; t < memory; t++) dot += w[t] * x[t];
                sum += dot;
            }
            output[i] = sum + (bias.IsEmpty ? 0 : bias[i % units]);
        }
    }

    /// <summary>The same in integers: output = saturate(zeroPoint + sum * factor), 32-bit wrapping sums.</summary>
    public static void Combine<TWeight, TState>(ReadOnlySpan<TWeight> weights, ReadOnlySpan<TState> state, ReadOnlySpan<int> bias, int rank, int memory,
        QuantizedMultiplier factor, int zeroPoint, Span<sbyte> output)
        where TWeight : unmanaged, IBinaryInteger<TWeight>
        where TState : unmanaged, IBinaryInteger<TState>
    {
        int units = weights.Length / memory / rank;
        for (int i = 0; i < output.Length; i++)
        {
            int sum = bias.IsEmpty ? 0 : bias[i % units];
            var w = weights.Slice(i % units * rank * memory, rank * memory);
            var x = state.Slice(i * rank * memory, rank * memory);
            for (int t = 0; t < w.Length; t++) sum = unchecked(sum + int.CreateTruncating(w[t]) * int.CreateTruncating(x[t]));
            output[i] = sbyte.CreateSaturating(unchecked(FixedPoint.Multiply(sum, factor) + zeroPoint));
        }
    }

    /// <summary>features = saturate(sums * factor) to the state's type.</summary>
    public static void Features<T>(ReadOnlySpan<int> sums, QuantizedMultiplier factor, Span<T> features) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < features.Length; i++) features[i] = T.CreateSaturating(FixedPoint.Multiply(sums[i], factor));
    }
}
