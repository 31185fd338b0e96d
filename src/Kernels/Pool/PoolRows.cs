using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Pool;

/// <summary>
/// The loop of all poolings: for each output position the window's elements in their order, for as many channels at once as fit the lanes;
/// the channels that remain one by one with the same arithmetic.
/// </summary>
internal static class PoolRows
{
    /// <summary>The elements of a window that lie within the image.</summary>
    private readonly record struct Area(nuint Origin, nuint PlaneStride, nuint RowStride, nuint ColumnStride, int Depth, int Height, int Width)
    {
        public int Elements => Depth * Height * Width;
    }

    /// <summary>Lanes for each channel up to which a vector is worth its wasted ones.</summary>
    private const int SpillMax = 4;

    [MethodImpl(Jit.Loop)]
    public static void Run<TWide, W, TSingle, S, T>(VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
        where TWide : struct, IPoolLanes<T, W>
        where W : unmanaged
        where TSingle : struct, IPoolLanes<T, S>
        where S : unmanaged
        where T : unmanaged
    {
        long image = (long)g.Depth.Input * g.Height.Input * g.Width.Input * g.InputChannels;
        Lengths.MustReach(g.Batch * image, input.Length);
        Lengths.MustReach((long)end * g.Width.Output * g.OutputChannels, output.Length);
        ref readonly T from = ref MemoryMarshal.GetReference(input);
        ref T to = ref MemoryMarshal.GetReference(output);
        nuint channels = (nuint)g.InputChannels, wide = (nuint)TWide.Count, target = (nuint)begin * (nuint)g.Width.Output * channels;
        // Few channels take one vector, whose other lanes the following positions write again, as far as there are some.
        bool spills = channels < wide && channels * SpillMax >= wide;
        nuint written = (nuint)end * (nuint)g.Width.Output * channels, read = (nuint)input.Length;
        for (int line = begin; line < end; line++)
        {
            var area = AreaOf(g, line);
            nuint origin = area.Origin, last = (nuint)(area.Depth - 1) * area.PlaneStride + (nuint)(area.Height - 1) * area.RowStride;
            for (int x = 0; x < g.Width.Output; x++, target += channels)
            {
                var (column, width) = g.Width.Clip(x);
                area = area with { Origin = origin + (nuint)column * channels, Width = width };
                nuint c = 0;
                if (spills && target + wide <= written && area.Origin + last + (nuint)(width - 1) * channels + wide <= read)
                {
                    TWide.Store(Window<TWide, W, T>(in from, area, 0), area.Elements, min, max, ref to, target);
                    continue;
                }
                // In bounds: the area lies in the image and c + Count <= channels; Lines' caller has output lines up to end.
                for (; c + wide <= channels; c += wide) TWide.Store(Window<TWide, W, T>(in from, area, c), area.Elements, min, max, ref to, target + c);
                if (c > 0 && c < channels)
                {
                    // The last vector ends with the last channel, and computes some again.
                    c = channels - wide;
                    TWide.Store(Window<TWide, W, T>(in from, area, c), area.Elements, min, max, ref to, target + c);
                    continue;
                }
                for (; c < channels; c++) TSingle.Store(Window<TSingle, S, T>(in from, area, c), area.Elements, min, max, ref to, target + c);
            }
        }
    }

    /// <summary>The inputs under a line of output positions, from column 0 on; windows differ in width only.</summary>
    private static Area AreaOf(VolumeGeometry g, int line)
    {
        var (image, d, y) = g.Line(line);
        var (plane, depth) = g.Depth.Clip(d);
        var (row, height) = g.Height.Clip(y);
        nuint channels = (nuint)g.InputChannels, rowStride = (nuint)g.Width.Input * channels, planeStride = (nuint)g.Height.Input * rowStride;
        nuint origin = ((nuint)image * (nuint)g.Depth.Input + (nuint)plane) * planeStride + (nuint)row * rowStride;
        return new(origin, planeStride, rowStride, channels, depth, height, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static A Window<TLanes, A, T>(ref readonly T origin, in Area area, nuint channel)
        where TLanes : struct, IPoolLanes<T, A>
        where A : unmanaged
        where T : unmanaged
    {
        A sum = TLanes.Start;
        nuint plane = area.Origin + channel;
        for (int d = 0; d < area.Depth; d++, plane += area.PlaneStride)
        {
            nuint row = plane;
            for (int y = 0; y < area.Height; y++, row += area.RowStride)
            {
                nuint at = row;
                for (int x = 0; x < area.Width; x++, at += area.ColumnStride) sum = TLanes.Fold(sum, in origin, at);
            }
        }
        return sum;
    }
}
