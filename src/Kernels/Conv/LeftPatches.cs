using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>The patches under output positions as rows of left factors: the left side of an integer convolution as a product.</summary>
internal static class LeftPatches
{
    /// <summary>
    /// Rows [begin, begin + count) of the matrix for one group, <paramref name="stride"/> bytes apart, with factors that stand for zero where
    /// the patch leaves the image. What follows a row's factors is unspecified. The rows' span has <see cref="LeftRow.Slack"/> bytes more.
    /// </summary>
    public static void Gather<TIn>(in ConvGeometry g, ReadOnlySpan<TIn> input, int group, int begin, int count, TIn zeroPoint, LeftFactors kind, Span<byte> rows, int stride)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int factorBytes = LeftRow.FactorBytes(kind);
        Lengths.MustReach((long)count * stride + LeftRow.Slack, rows.Length);
        if (g.IsPointwise && g.K * factorBytes == stride)
        {
            LeftRow.Convert(kind, input, begin * g.K, count * g.K, zeroPoint, rows);
            return;
        }
        if (g.IsPointwise)
        {
            for (int r = 0; r < count; r++) LeftRow.Convert(kind, input, (begin + r) * g.K, g.K, zeroPoint, rows[(r * stride)..]);
            return;
        }
        // Taps side by side are neighbours in the image, too, when they see all channels.
        bool merged = g.DilationX == 1 && g.Groups == 1;
        int taps = merged ? 1 : g.FilterWidth, run = merged ? g.FilterWidth : 1;
        int y = begin / g.OutputWidth, x = begin % g.OutputWidth;
        for (int r = 0; r < count; r++)
        {
            int image = y / g.OutputHeight, top = y % g.OutputHeight * g.StrideY - g.PadY, left = x * g.StrideX - g.PadX;
            var row = rows[(r * stride)..];
            for (int fy = 0; fy < g.FilterHeight; fy++)
            {
                int iy = top + fy * g.DilationY;
                int line = (uint)iy < (uint)g.InputHeight ? (image * g.InputHeight + iy) * g.InputWidth : -1;
                for (int tap = 0; tap < taps; tap++)
                {
                    Run(g, input, line, left + tap * g.DilationX, run, group * g.GroupChannels, zeroPoint, kind, row);
                    row = row[(run * g.GroupChannels * factorBytes)..];
                }
            }
            if (++x < g.OutputWidth) continue;
            x = 0;
            y++;
        }
    }

    /// <summary>Pixels [x, x + count) of a line of the image; -1 for none of it.</summary>
    private static void Run<TIn>(in ConvGeometry g, ReadOnlySpan<TIn> input, int line, int x, int count, int channel, TIn zeroPoint, LeftFactors kind, Span<byte> row)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int channels = g.GroupChannels, factorBytes = LeftRow.FactorBytes(kind);
        int begin = line < 0 ? count : Math.Clamp(-x, 0, count), end = line < 0 ? count : Math.Max(begin, Math.Min(count, g.InputWidth - x));
        if (begin > 0) LeftRow.Pad(kind, begin * channels, zeroPoint, row);
        if (end > begin)
        {
            LeftRow.Convert(kind, input, (line + x + begin) * g.InputChannels + channel, (end - begin) * channels, zeroPoint, row[(begin * channels * factorBytes)..]);
        }
        if (end < count) LeftRow.Pad(kind, (count - end) * channels, zeroPoint, row[(end * channels * factorBytes)..]);
    }
}
