using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// Integer depthwise convolution with one filter per channel: sums are exact modulo 2^32. Input lines are kept as 16-bit numbers less their
/// zero point, with zeros round them, laid out [panel][slot][pixel][channel]; panels have <see cref="PanelWidth"/> channels. Two taps make
/// one product of pairs.
/// </summary>
internal static class DepthwiseInt
{
    /// <summary>Positions whose sums are computed together.</summary>
    private const int Positions = 4;

    public static int PanelWidth => Isa.Current == VectorWidth.Scalar ? 2 : (int)Isa.Current / 16;

    public static int PanelCount(in ConvGeometry g) => (g.OutputChannels + PanelWidth - 1) / PanelWidth;

    /// <summary>Pixels of a kept line: all that the filter sees.</summary>
    public static int LineWidth(in ConvGeometry g) => (g.OutputWidth - 1) * g.StrideX + (g.FilterWidth - 1) * g.DilationX + 1;

    /// <summary>Elements of the kept lines.</summary>
    public static long LinesLength(in ConvGeometry g) => (long)PanelCount(g) * g.FilterHeight * LineWidth(g) * PanelWidth;

    public static long WeightsLength(in ConvGeometry g) => (long)PanelCount(g) * Pairs(g) * 2 * PanelWidth;

    /// <summary>Weights (fy, fx, channel) less their zero point as [panel][pair of taps][channel in panel order][2].</summary>
    public static void Pack<TWeight>(in ConvGeometry g, ReadOnlySpan<TWeight> weights, int zeroPoint, Span<short> packed) where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int width = PanelWidth, taps = g.FilterHeight * g.FilterWidth, pairs = Pairs(g), channels = g.OutputChannels;
        packed[..(int)WeightsLength(g)].Clear();
        for (int panel = 0, at = 0; panel < PanelCount(g); panel++, at += pairs * 2 * width)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int position = 0; position < width; position++)
                {
                    int channel = panel * width + PanelOrder.Column(position, width);
                    if (channel >= channels) continue;
                    packed[at + (tap / 2 * width + position) * 2 + tap % 2] = (short)(int.CreateTruncating(weights[tap * channels + channel]) - zeroPoint);
                }
            }
        }
    }

    /// <summary>Keeps line <paramref name="y"/> of an image, or zeros when it lies outside, in a slot.</summary>
    public static void Keep<TIn>(in ConvGeometry g, ReadOnlySpan<TIn> input, int image, int y, TIn zeroPoint, Span<short> lines, int slot) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int width = PanelWidth, line = LineWidth(g) * width, panels = PanelCount(g);
        Lengths.MustReach(LinesLength(g), lines.Length);
        bool inside = (uint)y < (uint)g.InputHeight;
        int before = inside ? Math.Min(g.PadX, LineWidth(g)) : LineWidth(g), count = Math.Min(LineWidth(g) - before, g.InputWidth);
        int first = (image * g.InputHeight + y) * g.InputWidth * g.OutputChannels;
        for (int panel = 0; panel < panels; panel++)
        {
            var target = lines.Slice((panel * g.FilterHeight + slot) * line, line);
            target[..(before * width)].Clear();
            target[((before + count) * width)..].Clear();
            if (count > 0) Pixels(input[(first + panel * width)..], g.OutputChannels, count, Math.Min(width, g.OutputChannels - panel * width), zeroPoint, target.Slice(before * width, count * width));
        }
    }

    private static void Pixels<TIn>(ReadOnlySpan<TIn> input, int stride, int count, int channels, TIn zeroPoint, Span<short> target) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int done = Isa.Current switch
        {
            VectorWidth.V512 => Pixels<Lanes512, V512<int>, V512<short>, TIn>(input, stride, count, zeroPoint, target),
            VectorWidth.V256 => Pixels<Lanes256, V256<int>, V256<short>, TIn>(input, stride, count, zeroPoint, target),
            VectorWidth.V128 => Pixels<Lanes128, V128<int>, V128<short>, TIn>(input, stride, count, zeroPoint, target),
            _ => 0,
        };
        int width = target.Length / count, zero = int.CreateTruncating(zeroPoint);
        for (int x = done; x < count; x++)
        {
            for (int c = 0; c < channels; c++) target[x * width + c] = (short)(int.CreateTruncating(input[x * stride + c]) - zero);
        }
    }

    // In bounds: only pixels from which the input has a whole vector; what belongs to the next pixel fills channels that nobody reads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Pixels<L, I, S, TIn>(ReadOnlySpan<TIn> input, int stride, int count, TIn zeroPoint, Span<short> target)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        S zero = S.Splat(short.CreateTruncating(zeroPoint));
        int readable = input.Length < S.Count ? 0 : Math.Min(count, (input.Length - S.Count) / stride + 1);
        Lengths.MustReach((long)readable * S.Count, target.Length);
        ref TIn from = ref MemoryMarshal.GetReference(input);
        ref short to = ref MemoryMarshal.GetReference(target);
        for (int x = 0; x < readable; x++)
        {
            S.Store(L.LoadWiden(ref from, 0) - zero, ref to, 0);
            from = ref Unsafe.Add(ref from, stride);
            to = ref Unsafe.Add(ref to, S.Count);
        }
        return readable;
    }

    /// <summary>
    /// Sums of output positions [begin, end) of one line for one panel, each beginning with <paramref name="start"/>, position after position
    /// in panel order. The filter's line fy is in slot <c>slots[fy]</c>.
    /// </summary>
    public static void Sums(in ConvGeometry g, ReadOnlySpan<short> lines, ReadOnlySpan<int> slots, int panel, ReadOnlySpan<short> packed, ReadOnlySpan<int> start,
        int begin, int end, Span<int> sums)
    {
        int width = PanelWidth, line = LineWidth(g) * width, pairs = Pairs(g);
        Lengths.MustReach(LinesLength(g), lines.Length);
        Lengths.MustReach(WeightsLength(g), packed.Length);
        Lengths.MustReach(width, start.Length);
        Lengths.MustReach((long)(end - begin) * width, sums.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, g.OutputWidth);
        if (begin >= end) return;
        Span<nuint> offsets = stackalloc nuint[2 * pairs];
        int taps = g.FilterHeight * g.FilterWidth;
        for (int i = 0; i < offsets.Length; i++)
        {
            // The last pair may have one tap only: its weights are zero.
            int tap = Math.Min(i, taps - 1), slot = slots[tap / g.FilterWidth];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)g.FilterHeight);
            offsets[i] = (nuint)((panel * g.FilterHeight + slot) * line + tap % g.FilterWidth * g.DilationX * width);
        }
        var from = lines[(begin * g.StrideX * width)..];
        var weights = packed.Slice(panel * pairs * 2 * width, pairs * 2 * width);
        nuint step = (nuint)(g.StrideX * width);
        if (Isa.Current == VectorWidth.V512) Line<Lanes512, V512<int>, V512<short>>(from, offsets, step, weights, start, end - begin, sums);
        else if (Isa.Current == VectorWidth.V256) Line<Lanes256, V256<int>, V256<short>>(from, offsets, step, weights, start, end - begin, sums);
        else if (Isa.Current == VectorWidth.V128) Line<Lanes128, V128<int>, V128<short>>(from, offsets, step, weights, start, end - begin, sums);
        else Scalars(from, offsets, step, weights, start, end - begin, sums);
    }

    private static int Pairs(in ConvGeometry g) => (g.FilterHeight * g.FilterWidth + 1) / 2;

    // In bounds: Sums checked all lengths, and the line holds what the filter sees at every position.
    private static void Line<L, I, S>(ReadOnlySpan<short> lines, ReadOnlySpan<nuint> offsets, nuint step, ReadOnlySpan<short> weights, ReadOnlySpan<int> start, int count, Span<int> sums)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        ref readonly short from = ref MemoryMarshal.GetReference(lines);
        ref readonly short w = ref MemoryMarshal.GetReference(weights);
        ref readonly int first = ref MemoryMarshal.GetReference(start);
        ref int to = ref MemoryMarshal.GetReference(sums);
        nuint width = (nuint)S.Count;
        if (count < Positions)
        {
            for (nuint x = 0; x < (nuint)count; x++) DepthwiseTile.One<L, I, S>(in from, x * step, offsets, in w, in first, ref Unsafe.Add(ref to, x * width));
            return;
        }
        for (int x = 0; x < count; x += Positions)
        {
            // The last positions may be computed twice.
            nuint at = (nuint)Math.Min(x, count - Positions);
            DepthwiseTile.Four<L, I, S>(in from, at * step, step, offsets, in w, in first, ref Unsafe.Add(ref to, at * width));
        }
    }

    private static void Scalars(ReadOnlySpan<short> lines, ReadOnlySpan<nuint> offsets, nuint step, ReadOnlySpan<short> weights, ReadOnlySpan<int> start, int count, Span<int> sums)
    {
        int width = PanelWidth;
        for (int i = 0; i < count * width; i++)
        {
            int sum = start[i % width], at = i / width * (int)step + i % width;
            for (int tap = 0; tap < offsets.Length; tap++) sum += lines[at + (int)offsets[tap]] * weights[(tap / 2 * width + i % width) * 2 + tap % 2];
            sums[i] = sum;
        }
    }
}
