using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>Integer depthwise convolution with one filter per channel: every lane is a channel, sums are exact modulo 2^32.</summary>
internal static class DepthwiseInt
{
    /// <summary>
    /// Sums of one output position for all channels: (input - zeroPoint) * (weight - weightZeroPoint); weights (fy, fx, channel).
    /// </summary>
    public static void Sums<TIn, TWeight>(in ConvGeometry g, ReadOnlySpan<TIn> input, int zeroPoint, ReadOnlySpan<TWeight> weights, int weightZeroPoint,
        int position, Span<int> sums)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int channels = g.OutputChannels;
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, g.Batch * g.InputHeight * g.InputWidth * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, g.FilterHeight * g.FilterWidth * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, channels);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, g.Rows);
        var taps = new Taps(g, position);
        int done = Isa.Current switch
        {
            VectorWidth.V512 => Run<Lanes512, V512<float>, V512<int>, TIn, TWeight>(g, taps, input, zeroPoint, weights, weightZeroPoint, sums, 0),
            VectorWidth.V256 => Run<Lanes256, V256<float>, V256<int>, TIn, TWeight>(g, taps, input, zeroPoint, weights, weightZeroPoint, sums, 0),
            VectorWidth.V128 => Run<Lanes128, V128<float>, V128<int>, TIn, TWeight>(g, taps, input, zeroPoint, weights, weightZeroPoint, sums, 0),
            _ => 0,
        };
        if (done < channels) Run<LanesScalar, Scalar<float>, Scalar<int>, TIn, TWeight>(g, taps, input, zeroPoint, weights, weightZeroPoint, sums, done);
    }

    // In bounds: Taps keeps to the image, and Sums checked the lengths for all channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<L, F, I, TIn, TWeight>(in ConvGeometry g, in Taps taps, ReadOnlySpan<TIn> input, int zeroPoint, ReadOnlySpan<TWeight> weights,
        int weightZeroPoint, Span<int> sums, int begin)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int channels = g.OutputChannels, c = begin;
        ref readonly TIn x = ref MemoryMarshal.GetReference(input);
        ref readonly TWeight w = ref MemoryMarshal.GetReference(weights);
        ref int y = ref MemoryMarshal.GetReference(sums);
        I zero = I.Splat(zeroPoint), weightZero = I.Splat(weightZeroPoint);
        for (; c + I.Count <= channels; c += I.Count)
        {
            I sum = default;
            for (int fy = taps.Top; fy < taps.Bottom; fy++)
            {
                int from = taps.Start + (fy * g.DilationY * g.InputWidth + taps.Left * g.DilationX) * channels + c;
                int at = (fy * g.FilterWidth + taps.Left) * channels + c;
                for (int fx = taps.Left; fx < taps.Right; fx++, from += g.DilationX * channels, at += channels)
                {
                    sum += (L.LoadWiden(in x, (nuint)from) - zero) * (L.LoadWiden(in w, (nuint)at) - weightZero);
                }
            }
            I.Store(sum, ref y, (nuint)c);
        }
        return c;
    }
}
