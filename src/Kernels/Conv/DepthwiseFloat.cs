using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// Float depthwise convolution with one filter per channel: every lane is a channel. Sums run over filter rows, then columns, with zeros beyond
/// the image; so they do not depend on the width of the vectors. <see cref="Fused"/> sums begin with the bias and round once per term
/// where the CPU has FMA, <see cref="Separate"/> ones have the bits of a plain loop. Error bound: gamma of the number of taps.
/// </summary>
internal sealed class DepthwiseFloat
{
    /// <summary>Taps of the largest filter.</summary>
    public const int TapsMax = 4096;

    private readonly ConvGeometry _geometry;
    private readonly DepthwiseLines _lines;
    private readonly float[] _zeros;

    /// <param name="geometry">Sizes; as many input as output channels.</param>
    /// <param name="width">Lanes: 1, 4, 8 or 16, not more than there are channels.</param>
    public DepthwiseFloat(in ConvGeometry geometry, int width)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, geometry.OutputChannels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)geometry.FilterHeight * geometry.FilterWidth, TapsMax);
        _geometry = geometry;
        _lines = new(geometry, width, linesPerSlot: 1, bandMax: 1, sizeof(float), sizeof(float));
        _zeros = new float[width];
    }

    /// <summary>Lanes of the widest vectors that this CPU has and so many channels fill.</summary>
    public static int WidestPanel(int channels)
    {
        int width = Isa.Current == VectorWidth.Scalar ? 1 : (int)Isa.Current / 32;
        while (width > channels) width = width > V128<float>.Count ? width / 2 : 1;
        return width;
    }

    public int Width => _lines.Width;

    /// <summary>Parts of the work: all output rows of one block of channels, then of the next.</summary>
    public int Units => _lines.Blocks * _geometry.Batch * _geometry.OutputHeight;

    /// <summary>Elements of the kept lines.</summary>
    public long LinesLength => _lines.Length;

    public long WeightsLength => (long)_lines.Panels * Taps * Width;

    private int Taps => _geometry.FilterHeight * _geometry.FilterWidth;

    /// <summary>Weights (fy, fx, channel) as [panel][tap][channel]. The last panel ends with the last channel, and may share some with the one before.</summary>
    public void Pack(ReadOnlySpan<float> weights, Span<float> packed)
    {
        for (int panel = 0, at = 0; panel < _lines.Panels; panel++)
        {
            for (int tap = 0; tap < Taps; tap++, at += Width) weights.Slice(tap * _geometry.OutputChannels + FirstChannel(panel), Width).CopyTo(packed[at..]);
        }
    }

    /// <summary>
    /// Units [begin, end). Input and output have the same number of channels. An empty bias counts as zeros.
    /// <paramref name="lines"/> is room for the kept lines, whatever is in it.
    /// </summary>
    public void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> packed, ReadOnlySpan<float> bias, (float, float) range, int begin, int end,
        Span<float> lines, Span<float> output, bool separate)
    {
        if (separate) Run<Separate>(input, packed, bias, range, begin, end, lines, output);
        else Run<Fused>(input, packed, bias, range, begin, end, lines, output);
    }

    private void Run<TSum>(ReadOnlySpan<float> input, ReadOnlySpan<float> packed, ReadOnlySpan<float> bias, (float, float) range, int begin, int end,
        Span<float> lines, Span<float> output) where TSum : struct, IMulAdd
    {
        if (Width == V512<float>.Count) Rows<Vector512<float>, Floats512, TSum>(input, packed, bias, range, begin, end, lines, output);
        else if (Width == V256<float>.Count) Rows<Vector256<float>, Floats256, TSum>(input, packed, bias, range, begin, end, lines, output);
        else if (Width == V128<float>.Count) Rows<Vector128<float>, Floats128, TSum>(input, packed, bias, range, begin, end, lines, output);
        else Rows<float, Floats1, TSum>(input, packed, bias, range, begin, end, lines, output);
    }

    private void Rows<V, O, TSum>(ReadOnlySpan<float> input, ReadOnlySpan<float> packed, ReadOnlySpan<float> bias, (float Min, float Max) range,
        int begin, int end, Span<float> lines, Span<float> output)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        var g = _geometry;
        Lengths.MustReach((long)g.Batch * g.InputHeight * g.InputWidth * g.InputChannels, input.Length);
        Lengths.MustReach(WeightsLength, packed.Length);
        Lengths.MustReach(LinesLength, lines.Length);
        Lengths.MustReach((long)g.Rows * g.OutputChannels, output.Length);
        if (!bias.IsEmpty) Lengths.MustReach(g.OutputChannels, bias.Length);
        Span<nuint> taps = stackalloc nuint[Taps];
        Span<int> kept = stackalloc int[_lines.Slots];
        var t = new DepthwiseFloatArguments
        {
            Step = (nint)g.StrideX * Width,
            Taps = ref MemoryMarshal.GetReference(taps),
            TapCount = Taps,
            Channels = g.OutputChannels,
            Count = g.OutputWidth,
            Min = range.Min,
            Max = range.Max,
        };
        int rows = g.Batch * g.OutputHeight;
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit % rows, first = unit / rows * _lines.BlockPanels, last = Math.Min(first + _lines.BlockPanels, _lines.Panels);
            if (row == 0 || unit == begin) kept.Fill(-1);
            var seen = _lines[row];
            for (int i = 0; i < _lines.SlotsPerRow; i++)
            {
                var slot = _lines.Slot(seen, i);
                _lines.Offsets(slot.Index, taps[(i * g.FilterWidth)..]);
                if (kept[slot.Index] == slot.Number) continue;
                kept[slot.Index] = slot.Number;
                Keep<V, O>(input, slot, first, last, lines);
            }
            for (int panel = first; panel < last; panel++)
            {
                int channel = FirstChannel(panel);
                t.Lines = ref lines[(panel - first) * _lines.PanelLength];
                t.Weights = ref MemoryMarshal.GetReference(packed[(panel * Taps * Width)..]);
                t.Bias = ref MemoryMarshal.GetReference(bias.IsEmpty ? _zeros : bias[channel..]);
                t.Output = ref output[row * g.OutputWidth * g.OutputChannels + channel];
                Row<V, O, TSum>(t);
            }
        }
    }

    private int FirstChannel(int panel) => Math.Min(panel * Width, _geometry.OutputChannels - Width);

    /// <summary>Keeps a line of the image, or zeros when it lies outside, in its slot: the channels of panels [first, end).</summary>
    private void Keep<V, O>(ReadOnlySpan<float> input, DepthwiseSlot slot, int first, int end, Span<float> lines)
        where V : unmanaged
        where O : struct, IFloats<V>
    {
        var (before, count) = (uint)slot.Y < (uint)_geometry.InputHeight ? _lines.Inside() : (0, 0);
        int line = (slot.Image * _geometry.InputHeight + slot.Y) * _geometry.InputWidth * _geometry.OutputChannels;
        for (int panel = first; panel < end; panel += 2)
        {
            // Two panels at a time: lines of the caches are read whole. The last one may be alone, and is then its own neighbour.
            int channel = FirstChannel(panel), beside = Math.Min(panel + 1, end - 1) - panel;
            ref float to = ref lines[(panel - first) * _lines.PanelLength + slot.Index * _lines.SlotLength];
            int apart = beside * _lines.PanelLength, pixels = _lines.Pixels, n = O.Count;
            Clear<V, O>(ref to, apart, before);
            if (count > 0) Copy<V, O>(in input[line + channel], FirstChannel(panel + beside) - channel, _geometry.OutputChannels, ref Unsafe.Add(ref to, before * n), apart, count);
            Clear<V, O>(ref Unsafe.Add(ref to, (before + count) * n), apart, pixels - before - count);
        }
    }

    // In bounds: a slot has room for all pixels, in every panel.
    private static void Clear<V, O>(ref float to, nint apart, int pixels)
        where V : unmanaged
        where O : struct, IFloats<V>
    {
        for (; pixels > 0; pixels--, to = ref Unsafe.Add(ref to, O.Count))
        {
            O.Store(default, ref to, 0);
            O.Store(default, ref to, (nuint)apart);
        }
    }

    // In bounds: a panel's channels are there at every pixel, and Rows checked the lengths.
    [MethodImpl(Jit.Loop)]
    private static void Copy<V, O>(ref readonly float input, nint beside, nint channels, ref float to, nint apart, nint pixels)
        where V : unmanaged
        where O : struct, IFloats<V>
    {
        ref float from = ref Unsafe.AsRef(in input);
        nuint n = (nuint)O.Count, next = (nuint)channels, second = (nuint)beside, across = (nuint)apart;
        for (; pixels > 1; pixels -= 2)
        {
            V a = O.Load(ref from, 0), b = O.Load(ref from, second), c = O.Load(ref from, next), d = O.Load(ref from, next + second);
            O.Store(a, ref to, 0);
            O.Store(b, ref to, across);
            O.Store(c, ref to, n);
            O.Store(d, ref to, across + n);
            from = ref Unsafe.Add(ref from, 2 * next);
            to = ref Unsafe.Add(ref to, 2 * n);
        }
        if (pixels > 0)
        {
            O.Store(O.Load(ref from, 0), ref to, 0);
            O.Store(O.Load(ref from, second), ref to, across);
        }
    }

    private void Row<V, O, TSum>(in DepthwiseFloatArguments t)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        if (_geometry is { FilterHeight: 3, FilterWidth: 3, DilationX: 1 })
        {
            if (_geometry.StrideX == 1 && t.Count >= 4) DepthwiseFloatTile.FourOfNine<V, O, TSum>(t);
            else DepthwiseFloatTile.Nine<V, O, TSum>(t);
            return;
        }
        int tiles = (t.Count + DepthwiseFloatTile.OutputsMax - 1) / DepthwiseFloatTile.OutputsMax;
        for (int tile = 0, x = 0; tile < tiles; tile++)
        {
            int outputs = (t.Count - x + tiles - tile - 1) / (tiles - tile);
            Tile<V, O, TSum>(t, x, outputs);
            x += outputs;
        }
    }

    private static void Tile<V, O, TSum>(in DepthwiseFloatArguments t, int first, int outputs)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        switch (outputs)
        {
            case 1: DepthwiseFloatTile.Run<V, O, TSum, N1>(t, first); break;
            case 2: DepthwiseFloatTile.Run<V, O, TSum, N2>(t, first); break;
            case 3: DepthwiseFloatTile.Run<V, O, TSum, N3>(t, first); break;
            case 4: DepthwiseFloatTile.Run<V, O, TSum, N4>(t, first); break;
            case 5: DepthwiseFloatTile.Run<V, O, TSum, N5>(t, first); break;
            default: DepthwiseFloatTile.Run<V, O, TSum, N6>(t, first); break;
        }
    }
}
