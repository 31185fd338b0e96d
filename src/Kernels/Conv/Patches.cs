using System.Numerics;

namespace Graft.Kernels.Conv;

/// <summary>Copies the input patch under each output position into one row of a matrix: the left side of a convolution as a product.</summary>
internal static class Patches
{
    /// <summary>
    /// Rows [begin, begin + count) of the matrix for one group; each has K elements of <c>input - zeroPoint</c>, zeros where the patch
    /// leaves the image, and is padded with zeros to <paramref name="stride"/>.
    /// </summary>
    public static void Gather<TIn, TOut>(in ConvGeometry g, ReadOnlySpan<TIn> input, int group, int begin, int count, TIn zeroPoint,
        Span<TOut> rows, int stride)
        where TIn : unmanaged, INumber<TIn>
        where TOut : unmanaged, INumber<TOut>
    {
        for (int r = 0; r < count; r++)
        {
            var row = rows.Slice(r * stride, stride);
            int position = begin + r;
            int x = position % g.OutputWidth, y = position / g.OutputWidth % g.OutputHeight, image = position / (g.OutputWidth * g.OutputHeight);
            int at = 0;
            for (int fy = 0; fy < g.FilterHeight; fy++)
            {
                int iy = y * g.StrideY - g.PadY + fy * g.DilationY;
                if ((uint)iy >= (uint)g.InputHeight)
                {
                    row.Slice(at, g.FilterWidth * g.GroupChannels).Clear();
                    at += g.FilterWidth * g.GroupChannels;
                    continue;
                }
                for (int fx = 0; fx < g.FilterWidth; fx++, at += g.GroupChannels)
                {
                    int ix = x * g.StrideX - g.PadX + fx * g.DilationX;
                    var target = row.Slice(at, g.GroupChannels);
                    if ((uint)ix >= (uint)g.InputWidth)
                    {
                        target.Clear();
                        continue;
                    }
                    int from = ((image * g.InputHeight + iy) * g.InputWidth + ix) * g.InputChannels + group * g.GroupChannels;
                    Widen.Subtract(input.Slice(from, g.GroupChannels), zeroPoint, target);
                }
            }
            row[at..].Clear();
        }
    }
}
