using System.Numerics;
using Graft.Kernels.Conv;

namespace Graft.Kernels.Reference;

/// <summary>Transposed convolution by its definition.</summary>
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
        int x = pixel % g.Width.Output, rest = pixel / g.Width.Output, y = rest % g.Height.Output;
        rest /= g.Height.Output;
        int d = rest % g.Depth.Output, image = rest / g.Depth.Output;
        for (int td = 0; td < g.Depth.Filter; td++)
        {
            if (!g.Depth.Sees(d, td)) continue;
            for (int ty = 0; ty < g.Height.Filter; ty++)
            {
                if (!g.Height.Sees(y, ty)) continue;
                for (int tx = 0; tx < g.Width.Filter; tx++)
                {
                    if (!g.Width.Sees(x, tx)) continue;
                    int from = ((image * g.Depth.Input + g.Depth.Source(d, td)) * g.Height.Input + g.Height.Source(y, ty)) * g.Width.Input + g.Width.Source(x, tx);
                    int tap = (td * g.Height.Filter + ty) * g.Width.Filter + tx;
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
        }
    }
}
