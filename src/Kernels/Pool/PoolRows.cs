using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Pool;

/// <summary>
/// The loop of all poolings: for each output position the window's elements in row order, for as many channels at once as fit the lanes;
/// the channels that remain one by one with the same arithmetic.
/// </summary>
internal static class PoolRows
{
    /// <summary>The elements of a window that lie within the image.</summary>
    private readonly record struct Area(nuint Origin, nuint RowStride, nuint ColumnStride, int Height, int Width)
    {
        public int Elements => Height * Width;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TWide, W, TSingle, S, T>(in ConvGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
        where TWide : struct, IPoolLanes<T, W>
        where W : unmanaged
        where TSingle : struct, IPoolLanes<T, S>
        where S : unmanaged
        where T : unmanaged
    {
        long image = (long)g.InputHeight * g.InputWidth * g.InputChannels;
        Lengths.MustReach(g.Batch * image, input.Length);
        Lengths.MustReach((long)end * g.OutputWidth * g.OutputChannels, output.Length);
        ref readonly T from = ref MemoryMarshal.GetReference(input);
        ref T to = ref MemoryMarshal.GetReference(output);
        nuint channels = (nuint)g.InputChannels;
        for (int row = begin; row < end; row++)
        {
            for (int x = 0; x < g.OutputWidth; x++)
            {
                var area = Clip(g, row, x);
                nuint target = ((nuint)row * (nuint)g.OutputWidth + (nuint)x) * channels, c = 0;
                // In bounds: the area lies in the image and c + Count <= channels; Rows' caller has output rows up to end.
                for (; c + (nuint)TWide.Count <= channels; c += (nuint)TWide.Count)
                {
                    TWide.Store(Window<TWide, W, T>(in from, area, c), area.Elements, min, max, ref to, target + c);
                }
                for (; c < channels; c++)
                {
                    TSingle.Store(Window<TSingle, S, T>(in from, area, c), area.Elements, min, max, ref to, target + c);
                }
            }
        }
    }

    private static Area Clip(in ConvGeometry g, int row, int x)
    {
        int image = row / g.OutputHeight, y = row % g.OutputHeight;
        int top = y * g.StrideY - g.PadY, left = x * g.StrideX - g.PadX;
        int y0 = Math.Max(top, 0), y1 = (int)Math.Min((long)top + g.FilterHeight, g.InputHeight);
        int x0 = Math.Max(left, 0), x1 = (int)Math.Min((long)left + g.FilterWidth, g.InputWidth);
        nuint channels = (nuint)g.InputChannels, width = (nuint)g.InputWidth;
        nuint origin = (((nuint)image * (nuint)g.InputHeight + (nuint)y0) * width + (nuint)x0) * channels;
        return new(origin, width * channels, channels, y1 - y0, x1 - x0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static A Window<TLanes, A, T>(ref readonly T origin, in Area area, nuint channel)
        where TLanes : struct, IPoolLanes<T, A>
        where A : unmanaged
        where T : unmanaged
    {
        A sum = TLanes.Start;
        nuint row = area.Origin + channel;
        for (int y = 0; y < area.Height; y++, row += area.RowStride)
        {
            nuint at = row;
            for (int x = 0; x < area.Width; x++, at += area.ColumnStride) sum = TLanes.Fold(sum, in origin, at);
        }
        return sum;
    }
}
