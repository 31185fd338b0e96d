using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// Integer depthwise convolution with one filter per channel: sums are exact modulo 2^32. Input lines are kept as 16-bit numbers less their
/// zero point, two lines to a slot, channel by channel in pairs; so a product of pairs takes two taps at once. Where an image has few channels,
/// neighbouring pixels share a panel: what the two vectors of a panel see is then kept in a stream for each, through which both slide pixel by pixel.
/// </summary>
internal sealed class DepthwiseInt
{
    /// <summary>Taps of the largest filter.</summary>
    public const int TapsMax = 4096;

    private const int LinesPerSlot = 2, VectorsPerPanel = 2;

    /// <summary>Offsets of taps that a band has at most, where a row has fewer.</summary>
    private const int BandTaps = 1024;

    private readonly ConvGeometry _geometry;
    private readonly DepthwiseLines _lines;
    private readonly int _pixels;

    /// <param name="geometry">Sizes; as many input as output channels.</param>
    /// <param name="width">Channels of a panel.</param>
    /// <param name="bandMax">Output rows of a band at most.</param>
    /// <param name="inputBytes">Bytes of a number of the image.</param>
    /// <param name="pixels">Neighbouring outputs that share a panel: 1, or what <see cref="PixelsFor"/> says.</param>
    public DepthwiseInt(in ConvGeometry geometry, int width, int bandMax, int inputBytes, int pixels = 1)
    {
        if (pixels != 1) ArgumentOutOfRangeException.ThrowIfNotEqual(pixels, PixelsFor(geometry, width));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)geometry.FilterHeight * geometry.FilterWidth, TapsMax);
        (_geometry, Width, _pixels) = (geometry, width, pixels);
        int band = Math.Min(bandMax, BandTaps / (geometry.FilterHeight * geometry.FilterWidth));
        _lines = new(geometry, width / pixels, LinesPerSlot, band, sizeof(short), inputBytes, pixels == 1 ? 1 : VectorsPerPanel);
    }

    /// <summary>How many neighbouring outputs fill a panel: where a row has whole panels of them, and <see cref="PanelOrder"/> moves whole pixels.</summary>
    public static int PixelsFor(in ConvGeometry g, int width)
    {
        int pixels = width / Math.Max(1, g.OutputChannels);
        return pixels > 1 && g.StrideX == 1 && g.OutputChannels % PanelOrder.Block == 0 && g.OutputChannels * pixels == width && g.OutputWidth % pixels == 0 ? pixels : 1;
    }

    /// <summary>Channels of the widest panel that this CPU has.</summary>
    public static int WidestPanel => Isa.Current == VectorWidth.Scalar ? 2 : (int)Isa.Current / 16;

    public int Width { get; }

    /// <summary>Columns of all panels: the channels of as many outputs as share one.</summary>
    public int Columns => _geometry.OutputChannels * _pixels;

    /// <summary>Positions of panels along a row of outputs.</summary>
    public int Positions => _geometry.OutputWidth / _pixels;

    public int Panels => _lines.Panels;

    /// <summary>Output rows whose lines are kept at a time.</summary>
    public int Band => _lines.Band;

    public int Slots => _lines.Slots;

    /// <summary>Offsets of a band: for each row where its weights are in a panel's, then where its taps are in a panel's lines.</summary>
    public int BandOffsets => RowOffsets * Band;

    /// <summary>Panels whose lines are kept at a time.</summary>
    public int BlockPanels => _lines.BlockPanels;

    public int Blocks => _lines.Blocks;

    /// <summary>Elements of the kept lines.</summary>
    public long LinesLength => _lines.Length;

    public long WeightsLength => (long)Panels * PanelWeights;

    /// <summary>Tells packed weights of one layout from those of another.</summary>
    public string Layout => $"{Width} in {_lines.Phases} for {_pixels}";

    private int RowOffsets => 1 + _lines.Taps;

    private int TapWeights => LinesPerSlot * Width;

    private int PhaseWeights => _lines.Taps * TapWeights;

    private int PanelWeights => _lines.Phases * PhaseWeights;

    /// <summary>
    /// Weights (fy, fx, channel) less their zero point as [panel][phase][pair of lines][fx][channel in panel order][2]: once for each place that
    /// the filter's first line may have in its pair.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public void Pack<TWeight>(ReadOnlySpan<TWeight> weights, int zeroPoint, Span<short> packed) where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int channels = _geometry.OutputChannels;
        packed[..(int)WeightsLength].Clear();
        for (int panel = 0; panel < Panels; panel++)
        {
            for (int position = 0; position < Width; position++)
            {
                int column = panel * Width + PanelOrder.Column(position, Width), channel = column % channels;
                if (column >= Columns) continue;
                for (int i = 0; i < _lines.Phases * _geometry.FilterHeight; i++)
                {
                    int phase = i / _geometry.FilterHeight, fy = i % _geometry.FilterHeight, line = fy + phase;
                    int at = panel * PanelWeights + phase * PhaseWeights + line / 2 * _geometry.FilterWidth * TapWeights + position * 2 + line % 2;
                    for (int fx = 0; fx < _geometry.FilterWidth; fx++)
                    {
                        packed[at + fx * TapWeights] = (short)(int.CreateTruncating(weights[(fy * _geometry.FilterWidth + fx) * channels + channel]) - zeroPoint);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Keeps what output rows [row, row + count) of one image see, in a block of panels. <paramref name="kept"/> tells what each slot has of it:
    /// -1 for nothing, at first.
    /// </summary>
    /// <param name="input">All images.</param>
    /// <param name="zeroPoint">Of the image.</param>
    /// <param name="row">The first output row, counted over all images.</param>
    /// <param name="count">At most as many as a band has.</param>
    /// <param name="firstPanel">The first of the block.</param>
    /// <param name="lines">The kept lines.</param>
    /// <param name="kept">A number for each slot.</param>
    /// <param name="offsets">Becomes the offsets of the band.</param>
    public void Keep<TIn>(ReadOnlySpan<TIn> input, TIn zeroPoint, int row, int count, int firstPanel, Span<short> lines, Span<int> kept, Span<nuint> offsets) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        Lengths.MustReach(LinesLength, lines.Length);
        Span<TIn> outside = stackalloc TIn[Width];
        outside.Fill(zeroPoint);
        int across = _geometry.FilterWidth;
        for (int i = 0, at = 0; i < count; i++)
        {
            var seen = _lines[row + i];
            offsets[at++] = (nuint)(seen.Phase * PhaseWeights);
            for (int j = 0; j < _lines.SlotsPerRow; j++, at += across)
            {
                var slot = _lines.Slot(seen, j);
                _lines.Offsets(slot.Index, offsets[at..]);
                if (kept[slot.Index] == slot.Number) continue;
                kept[slot.Index] = slot.Number;
                KeepSlot(input, outside, zeroPoint, slot, firstPanel, lines);
            }
        }
    }

    private void KeepSlot<TIn>(ReadOnlySpan<TIn> input, ReadOnlySpan<TIn> outside, TIn zeroPoint, DepthwiseSlot slot, int firstPanel, Span<short> lines)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        var (before, count) = _lines.Inside();
        ReadOnlySpan<TIn> first = Line(input, slot.Image, slot.Y), second = Line(input, slot.Image, slot.Y + _geometry.DilationY);
        if (first.IsEmpty && second.IsEmpty) (before, count) = (_lines.Pixels, 0);
        var action = new DepthwiseIntKeep<TIn>
        {
            First = first.IsEmpty ? outside : first,
            Second = second.IsEmpty ? outside : second,
            FirstStep = first.IsEmpty ? 0 : 1,
            SecondStep = second.IsEmpty ? 0 : 1,
            Channels = _geometry.OutputChannels,
            Before = before,
            Count = Math.Max(0, count),
            ZeroPoint = zeroPoint,
            FirstPanel = firstPanel,
            EndPanel = Math.Min(firstPanel + BlockPanels, Panels),
            Lines = _lines,
            Target = lines[(slot.Index * _lines.SlotLength)..],
        };
        PanelWidth.Dispatch(Width, ref action);
    }

    /// <summary>The input from a line of an image on; nothing when it lies outside.</summary>
    private ReadOnlySpan<TIn> Line<TIn>(ReadOnlySpan<TIn> input, int image, int y) =>
        (uint)y < (uint)_geometry.InputHeight ? input[((image * _geometry.InputHeight + y) * _geometry.InputWidth * _geometry.OutputChannels)..] : default;

    /// <summary>
    /// Sums of output positions [begin, end) of rows [row, row + count) for one panel, each beginning with <paramref name="start"/>, position
    /// after position in panel order. What the rows see is kept, and where, tell the <paramref name="offsets"/> of <see cref="Keep"/>.
    /// </summary>
    public void Sums(ReadOnlySpan<short> lines, ReadOnlySpan<nuint> offsets, int count, int panel, ReadOnlySpan<short> packed, ReadOnlySpan<int> start, int begin, int end, Span<int> sums)
    {
        Lengths.MustReach(LinesLength, lines.Length);
        Lengths.MustReach(WeightsLength, packed.Length);
        Lengths.MustReach(Width, start.Length);
        Lengths.MustReach((long)count * (end - begin) * Width, sums.Length);
        Lengths.MustReach((long)count * RowOffsets, offsets.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Positions);
        if (begin >= end) return;
        int step = _geometry.StrideX * _pixels * _lines.StreamPixelLength;
        var action = new SumsAction
        {
            Lines = lines.Slice(panel % BlockPanels * _lines.PanelLength, _lines.PanelLength)[(begin * step)..],
            Offsets = offsets[..(count * RowOffsets)],
            RowOffsets = RowOffsets,
            Step = step,
            TapStep = _lines.StreamPixelLength,
            HalfStep = _pixels == 1 ? Width : _lines.StreamLength,
            Weights = packed.Slice(panel * PanelWeights, PanelWeights),
            Start = start,
            Count = end - begin,
            IsSquare = _geometry is { FilterHeight: 3, FilterWidth: 3, DilationX: 1 },
            Sums = sums[..(count * (end - begin) * Width)],
        };
        PanelWidth.Dispatch(Width, ref action);
    }

    private ref struct SumsAction : IPanelAction
    {
        public required ReadOnlySpan<short> Lines, Weights;
        public required ReadOnlySpan<nuint> Offsets;
        public required ReadOnlySpan<int> Start;
        public required int RowOffsets, Step, TapStep, HalfStep, Count;
        public required bool IsSquare;
        public required Span<int> Sums;

        // In bounds: Sums checked all lengths, and a line holds what the filter sees at every position.
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            int rowSums = Count * 2 * I.Count, half = I.Count;
            var t = new DepthwiseIntArguments { Step = Step, TapStep = TapStep, TapCount = RowOffsets - 1, Count = Count };
            for (int row = 0, sums = 0; row < Offsets.Length; row += RowOffsets, sums += rowSums)
            {
                ref nuint weights = ref Unsafe.Add(ref MemoryMarshal.GetReference(Offsets), row);
                t.Taps = ref Unsafe.Add(ref weights, 1);
                t.Lines = ref MemoryMarshal.GetReference(Lines);
                t.Weights = ref Unsafe.Add(ref MemoryMarshal.GetReference(Weights), weights);
                t.Start = ref MemoryMarshal.GetReference(Start);
                t.Sums = ref Unsafe.Add(ref MemoryMarshal.GetReference(Sums), sums);
                Tiles<L, I, S>(t);
                t.Lines = ref Unsafe.Add(ref t.Lines, HalfStep);
                t.Weights = ref Unsafe.Add(ref t.Weights, S.Count);
                t.Start = ref Unsafe.Add(ref t.Start, half);
                t.Sums = ref Unsafe.Add(ref t.Sums, half);
                Tiles<L, I, S>(t);
            }
        }

        public readonly void InvokeScalar()
        {
            int rows = Offsets.Length / RowOffsets, width = Sums.Length / (Count * rows);
            for (int i = 0; i < Sums.Length; i++)
            {
                int position = i % width, sum = Start[position], at = i / width % Count * Step + 2 * position;
                var offsets = Offsets.Slice(i / width / Count * RowOffsets, RowOffsets);
                for (int tap = 1, weight = (int)offsets[0] + position * 2; tap < offsets.Length; tap++, weight += 2 * width)
                {
                    int from = at + (int)offsets[tap];
                    sum += Lines[from] * Weights[weight] + Lines[from + 1] * Weights[weight + 1];
                }
                Sums[i] = sum;
            }
        }

        private readonly void Tiles<L, I, S>(in DepthwiseIntArguments t)
            where L : unmanaged, IShortLanes<I, S>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            if (IsSquare)
            {
                DepthwiseIntTile.Six<L, I, S>(t);
                return;
            }
            int tiles = (t.Count + DepthwiseIntTile.OutputsMax - 1) / DepthwiseIntTile.OutputsMax;
            for (int tile = 0, x = 0; tile < tiles; tile++)
            {
                int outputs = (t.Count - x + tiles - tile - 1) / (tiles - tile);
                switch (outputs)
                {
                    case 1: DepthwiseIntTile.Run<L, I, S, N1>(t, x); break;
                    case 2: DepthwiseIntTile.Run<L, I, S, N2>(t, x); break;
                    case 3: DepthwiseIntTile.Run<L, I, S, N3>(t, x); break;
                    case 4: DepthwiseIntTile.Run<L, I, S, N4>(t, x); break;
                    case 5: DepthwiseIntTile.Run<L, I, S, N5>(t, x); break;
                    default: DepthwiseIntTile.Run<L, I, S, N6>(t, x); break;
                }
                x += outputs;
            }
        }
    }
}
