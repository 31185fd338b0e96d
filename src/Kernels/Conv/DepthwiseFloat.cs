using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// Float depthwise convolution with one filter per channel: every lane is a channel. Sums run over filter rows, then columns, so that
/// they do not depend on the width of the vectors; <see cref="Separate"/> ones have the bits of a plain loop. Error bound: gamma of the number of taps.
/// </summary>
internal static class DepthwiseFloat
{
    /// <summary>
    /// Output positions [begin, end); weights (fy, fx, channel). Input and output have the same number of channels. An empty bias counts
    /// as zeros.
    /// </summary>
    public static void Run(in ConvGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float min, float max,
        int begin, int end, Span<float> output, bool separate)
    {
        if (separate) Run<Separate>(g, input, weights, bias, min, max, begin, end, output);
        else Run<Fused>(g, input, weights, bias, min, max, begin, end, output);
    }

    private static void Run<TSum>(in ConvGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float min, float max,
        int begin, int end, Span<float> output) where TSum : struct, IMulAdd
    {
        int channels = g.OutputChannels;
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, g.Batch * g.InputHeight * g.InputWidth * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, g.FilterHeight * g.FilterWidth * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, end * channels);
        if (!bias.IsEmpty) ArgumentOutOfRangeException.ThrowIfLessThan(bias.Length, channels);
        for (int position = begin; position < end; position++)
        {
            var taps = new Taps(g, position);
            var row = output.Slice(position * channels, channels);
            int done = Isa.Current switch
            {
                VectorWidth.V512 => Position<V512<float>, TSum>(g, taps, input, weights, bias, min, max, row, 0),
                VectorWidth.V256 => Position<V256<float>, TSum>(g, taps, input, weights, bias, min, max, row, 0),
                VectorWidth.V128 => Position<V128<float>, TSum>(g, taps, input, weights, bias, min, max, row, 0),
                _ => 0,
            };
            if (done < channels) Position<Scalar<float>, TSum>(g, taps, input, weights, bias, min, max, row, done);
        }
    }

    // In bounds: Taps keeps to the image, and Run checked the lengths for all channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Position<V, TSum>(in ConvGeometry g, in Taps taps, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        float min, float max, Span<float> output, int begin)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        int channels = g.OutputChannels, c = begin;
        ref readonly float x = ref MemoryMarshal.GetReference(input);
        ref readonly float w = ref MemoryMarshal.GetReference(weights);
        ref readonly float b = ref MemoryMarshal.GetReference(bias);
        ref float y = ref MemoryMarshal.GetReference(output);
        V low = V.Splat(min), high = V.Splat(max);
        for (; c + V.Count <= channels; c += V.Count)
        {
            V first = bias.IsEmpty ? default : V.Load(in b, (nuint)c);
            V sum = TSum.BeginsWithBias ? first : default;
            for (int fy = taps.Top; fy < taps.Bottom; fy++)
            {
                int from = taps.Start + (fy * g.DilationY * g.InputWidth + taps.Left * g.DilationX) * channels + c;
                int at = (fy * g.FilterWidth + taps.Left) * channels + c;
                for (int fx = taps.Left; fx < taps.Right; fx++, from += g.DilationX * channels, at += channels)
                {
                    sum = TSum.Add(V.Load(in x, (nuint)from), V.Load(in w, (nuint)at), sum);
                }
            }
            if (!TSum.BeginsWithBias) sum += first;
            V.Store(V.Min(high, V.Max(low, sum)), ref y, (nuint)c);
        }
        return c;
    }
}
