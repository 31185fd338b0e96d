using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

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
                int at = (row * g.OutputWidth + x) * channels;
                var window = new Window<TIndex>(g, kind, input, image, top, x * g.StrideX - g.PadX, output.Slice(at, channels), indices.Slice(at, channels));
                if (Isa.Filled<float>(channels) > VectorWidth.Scalar) LaneLoop.Run(window, channels);
                else window.OneByOne();
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
        for (int row = 0, i = 0; i < input.Length; row++)
        {
            var image = output.Slice(row / g.InputHeight * imageLength, imageLength);
            int y = row % g.InputHeight * g.FilterHeight;
            for (int x = 0; x < g.InputWidth; x++)
            {
                for (int c = 0; c < channels; c++, i++)
                {
                    uint index = indices[i];
                    if (index >= limit) return i;
                    int target = (int)index;
                    if (inWindow)
                    {
                        var (right, down) = Math.DivRem(index, (uint)g.FilterHeight);
                        target = ((((y + (int)down) * g.OutputWidth) + (x * g.FilterWidth) + (int)right) * channels) + c;
                    }
                    image[target] = input[i];
                }
            }
        }
        return -1;
    }

    /// <summary>The highest elements of one window and their indices, channels side by side.</summary>
    internal readonly ref struct Window<TIndex>(
        in ConvGeometry geometry, ArgmaxIndex kind, ReadOnlySpan<float> input, int image, int top, int left, Span<float> output, Span<TIndex> indices) : IWideBody
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        private readonly ref readonly ConvGeometry _geometry = ref geometry;
        private readonly ReadOnlySpan<float> _image = input.Slice(
            image * geometry.InputHeight * geometry.InputWidth * geometry.InputChannels, geometry.InputHeight * geometry.InputWidth * geometry.InputChannels);
        private readonly Span<float> _output = output;
        private readonly Span<TIndex> _indices = indices;

        public void OneByOne()
        {
            for (int c = 0; c < _output.Length; c++) At<LanesScalar, Scalar<float>, Scalar<int>>((nuint)c);
        }

        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            ref readonly var g = ref _geometry;
            F best = F.Splat(float.MinValue);
            I place = default;
            bool byColumns = kind == ArgmaxIndex.Window;
            int taps = g.FilterHeight * g.FilterWidth, run = byColumns ? g.FilterHeight : g.FilterWidth;
            for (int tap = 0, line = 0; tap < taps; line++)
            {
                for (int n = 0; n < run; n++, tap++)
                {
                    int y = top + (byColumns ? n : line), x = left + (byColumns ? line : n), position = y * g.InputWidth + x;
                    if ((uint)y >= (uint)g.InputHeight || (uint)x >= (uint)g.InputWidth) continue;
                    // In bounds: the channels of a position of the image, of which the loop takes no more than there are.
                    F value = F.Load(ref MemoryMarshal.GetReference(_image), (nuint)(position * g.InputChannels) + i);
                    F isHigher = F.Less(best, value);
                    best = F.Select(isHigher, value, best);
                    place = I.Select(L.BitsOf(isHigher), I.Splat(byColumns ? tap : position), place);
                }
            }
            F.Store(F.Min(best, F.Splat(float.MaxValue)), ref MemoryMarshal.GetReference(_output), i);
            // In bounds: Count elements of a local vector.
            I found = place;
            ref int places = ref Unsafe.As<I, int>(ref found);
            long first = kind == ArgmaxIndex.Batch ? (long)image * g.InputHeight * g.InputWidth : 0;
            for (int lane = 0; lane < I.Count; lane++)
            {
                int channel = (int)i + lane;
                _indices[channel] = TIndex.CreateTruncating(byColumns ? Unsafe.Add(ref places, lane) : (first + Unsafe.Add(ref places, lane)) * g.InputChannels + channel);
            }
        }
    }
}
