using System.Numerics;
using Graft.Kernels.Conv;

namespace Graft.Kernels.Pool;

/// <summary>What the index of a maximum counts.</summary>
internal enum ArgmaxIndex
{
    /// <summary>Positions in the window, column by column, as in XNNPACK.</summary>
    Window,

    /// <summary>Elements of the image: (y * width + x) * channels + channel.</summary>
    Image,

    /// <summary>Elements of all images.</summary>
    Batch,
}

/// <summary>Max pooling that tells where each maximum was, and putting values back there.</summary>
internal static class ArgmaxPool
{
    /// <summary>
    /// Output rows [begin, end) over all images: the first of the highest elements in each window, in the order in which positions are
    /// counted, at most the largest finite value. A window in which nothing exceeds the lowest finite value gives that and position 0.
    /// </summary>
    public static void Apply<TIndex>(in ConvGeometry g, ArgmaxIndex kind, ReadOnlySpan<float> input, Span<float> output, Span<TIndex> indices, int begin, int end)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int channels = g.InputChannels;
        for (int row = begin; row < end; row++)
        {
            int image = row / g.OutputHeight, top = row % g.OutputHeight * g.StrideY - g.PadY;
            for (int x = 0; x < g.OutputWidth; x++)
            {
                int left = x * g.StrideX - g.PadX, at = (row * g.OutputWidth + x) * channels;
                for (int c = 0; c < channels; c++)
                {
                    var (value, tap) = Best(g, kind == ArgmaxIndex.Window, input, image, top, left, c);
                    output[at + c] = Math.Min(value, float.MaxValue);
                    var (y, tapX) = tap < 0 ? (0, 0) : (top + tap / g.FilterWidth, left + tap % g.FilterWidth);
                    long index = kind == ArgmaxIndex.Window ? Math.Max(tap, 0)
                        : ((y + (kind == ArgmaxIndex.Batch ? (long)image * g.InputHeight : 0)) * g.InputWidth + tapX) * channels + c;
                    indices[at + c] = TIndex.CreateTruncating(index);
                }
            }
        }
    }

    /// <summary>
    /// Zeros but for each input, which goes to the position that its index names; the last of several stays. With window
    /// indices the output sizes are the input's times the filter's.
    /// Returns the place of the first index that leads outside, or -1.
    /// </summary>
    public static int Invert(in ConvGeometry g, bool inWindow, ReadOnlySpan<float> input, ReadOnlySpan<uint> indices, Span<float> output)
    {
        output.Clear();
        int channels = g.InputChannels, imageLength = g.OutputHeight * g.OutputWidth * channels;
        uint limit = (uint)(inWindow ? g.FilterHeight * g.FilterWidth : imageLength);
        for (int i = 0; i < input.Length; i++)
        {
            if (indices[i] >= limit) return i;
            int position = i / channels, c = i % channels, x = position % g.InputWidth, y = position / g.InputWidth % g.InputHeight;
            int image = position / g.InputWidth / g.InputHeight, index = (int)indices[i], target = index;
            if (inWindow)
            {
                int toY = y * g.FilterHeight + index % g.FilterHeight, toX = x * g.FilterWidth + index / g.FilterHeight;
                target = (toY * g.OutputWidth + toX) * channels + c;
            }
            output[image * imageLength + target] = input[i];
        }
        return -1;
    }

    /// <summary>The highest element of a window and its place there, counted by columns or by rows; -1 where nothing is above the lowest.</summary>
    private static (float Value, int Tap) Best(in ConvGeometry g, bool byColumns, ReadOnlySpan<float> input, int image, int top, int left, int channel)
    {
        float best = float.MinValue;
        int bestTap = -1;
        for (int tap = 0; tap < g.FilterHeight * g.FilterWidth; tap++)
        {
            int y = top + (byColumns ? tap % g.FilterHeight : tap / g.FilterWidth), x = left + (byColumns ? tap / g.FilterHeight : tap % g.FilterWidth);
            if ((uint)y >= (uint)g.InputHeight || (uint)x >= (uint)g.InputWidth) continue;
            float value = input[((image * g.InputHeight + y) * g.InputWidth + x) * g.InputChannels + channel];
            if (value > best) (best, bestTap) = (value, tap);
        }
        return (best, bestTap);
    }
}
