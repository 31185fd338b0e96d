using System.Numerics;
using Graft.Kernels.Conv;

namespace Graft.Kernels.Reference;

/// <summary>Transposed convolution by its definition; inputs are added in ascending order of position and channel, as in the reference.</summary>
internal static class TransposedReference
{
    /// <summary>Sums of all output channels at one output pixel, counted over all images.</summary>
    public static void Sums<TIn, TWeight, A>(TransposedGeometry g, ReadOnlySpan<TIn> input, A zeroPoint, ReadOnlySpan<TWeight> weights, A weightZeroPoint,
        int pixel, Span<A> sums)
        where TIn : unmanaged, INumber<TIn>
        where TWeight : unmanaged, INumber<TWeight>
        where A : unmanaged, INumber<A>
    {
        sums.Clear();
        foreach (var (from, tap) in Taps(g, pixel))
        {
            for (int oc = 0; oc < sums.Length; oc++)
            {
                for (int ic = 0; ic < g.InputChannels; ic++)
                {
                    A factor = A.CreateTruncating(weights[oc * g.ChannelStride + tap * g.TapStride + ic]) - weightZeroPoint;
                    sums[oc] += (A.CreateTruncating(input[from * g.InputChannels + ic]) - zeroPoint) * factor;
                }
            }
        }
    }

    /// <summary>Float sums of int8 products: each product times the channel's scale times <paramref name="scale"/>, added in float32 one by one.</summary>
    public static void Hybrid(TransposedGeometry g, ReadOnlySpan<sbyte> input, int zeroPoint, ReadOnlySpan<sbyte> weights, ReadOnlySpan<float> channelScales,
        float scale, int pixel, Span<float> sums)
    {
        sums.Clear();
        foreach (var (from, tap) in Taps(g, pixel))
        {
            for (int oc = 0; oc < sums.Length; oc++)
            {
                for (int ic = 0; ic < g.InputChannels; ic++)
                {
                    int product = (input[from * g.InputChannels + ic] - zeroPoint) * weights[oc * g.ChannelStride + tap * g.TapStride + ic];
                    sums[oc] += product * channelScales[oc] * scale;
                }
            }
        }
    }

    /// <summary>The input pixels and taps that an output pixel sees, inputs ascending.</summary>
    private static IEnumerable<(int From, int Tap)> Taps(TransposedGeometry g, int pixel)
    {
        int x = pixel % g.Width.Output, rest = pixel / g.Width.Output, y = rest % g.Height.Output;
        rest /= g.Height.Output;
        int d = rest % g.Depth.Output, image = rest / g.Depth.Output;
        for (int td = g.Depth.Filter - 1; td >= 0; td--)
        {
            if (!g.Depth.Sees(d, td)) continue;
            for (int ty = g.Height.Filter - 1; ty >= 0; ty--)
            {
                if (!g.Height.Sees(y, ty)) continue;
                for (int tx = g.Width.Filter - 1; tx >= 0; tx--)
                {
                    if (!g.Width.Sees(x, tx)) continue;
                    int from = ((image * g.Depth.Input + g.Depth.Source(d, td)) * g.Height.Input + g.Height.Source(y, ty)) * g.Width.Input + g.Width.Source(x, tx);
                    int tap = (td * g.Height.Filter + ty) * g.Width.Filter + tx;
                    yield return (from, tap);
                }
            }
        }
    }
}
