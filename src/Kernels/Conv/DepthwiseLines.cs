namespace Graft.Kernels.Conv;

/// <summary>
/// Where a depthwise convolution keeps the lines of the image that its filter sees, with zeros round them: [panel][slot][pixel][channel]. What
/// neighbouring filter positions see lies together, however many channels an image has: the caches would hold few pixels of one with a power
/// of two of them. A block of panels, whose lines fit the first cache, passes over all rows before the next one. A slot has one line, or
/// several whose channels take turns, and may have its pixels in several streams, each with some of the channels; what a band of output rows sees is in slots of its own, and stays there for the next band.
/// </summary>
internal readonly struct DepthwiseLines
{
    /// <summary>Bytes that a block's lines should not exceed: most of the first cache of today's CPUs, which have 32 KB and more.</summary>
    private const int BlockBytes = 24 << 10;

    /// <summary>Bytes of a line of the caches.</summary>
    private const int CacheLine = 64;

    private readonly ConvGeometry _geometry;
    private readonly int _linesPerSlot, _slotsPerImage, _streams;

    /// <param name="geometry">Sizes; as many input as output channels.</param>
    /// <param name="width">Channels of a panel.</param>
    /// <param name="linesPerSlot">Neighbouring lines, or with dilation those under neighbouring taps, that share a slot.</param>
    /// <param name="bandMax">Output rows of a band at most.</param>
    /// <param name="elementBytes">Bytes of a kept number.</param>
    /// <param name="inputBytes">Bytes of a number of the image.</param>
    /// <param name="streams">Streams of a slot.</param>
    public DepthwiseLines(in ConvGeometry geometry, int width, int linesPerSlot, int bandMax, int elementBytes, int inputBytes, int streams = 1)
    {
        var g = geometry;
        (_geometry, _linesPerSlot, Width, _streams) = (g, linesPerSlot, width, streams);
        Panels = (g.OutputChannels + width - 1) / width;
        Band = IsDense ? Math.Clamp(bandMax, 1, Math.Max(1, g.OutputHeight)) : 1;
        Phases = IsDense && g.StrideY % linesPerSlot != 0 ? linesPerSlot : 1;
        SlotsPerRow = (g.FilterHeight + linesPerSlot - 1 + Phases - 1) / linesPerSlot;
        _slotsPerImage = IsDense ? checked((g.OutputHeight - 1) * g.StrideY) / linesPerSlot + SlotsPerRow : checked(g.OutputHeight * SlotsPerRow);
        Slots = ((Band - 1) * g.StrideY + linesPerSlot - 1) / linesPerSlot + SlotsPerRow;
        Pixels = Math.Max(0, checked((g.OutputWidth - 1) * g.StrideX + (g.FilterWidth - 1) * g.DilationX + 1));
        SlotLength = checked(Pixels * PixelLength);
        PanelLength = checked(SlotLength * Slots);
        int whole = Math.Max(1, CacheLine / (width * inputBytes)), fit = BlockBytes / Math.Max(1, PanelLength * elementBytes);
        BlockPanels = Math.Min(Panels, Math.Max(whole, fit / whole * whole));
    }

    public int Width { get; }

    public int Panels { get; }

    /// <summary>Panels whose lines are kept at a time; they have whole lines of the caches.</summary>
    public int BlockPanels { get; }

    public int Blocks => (Panels + BlockPanels - 1) / BlockPanels;

    /// <summary>Output rows whose lines are kept at a time.</summary>
    public int Band { get; }

    public int Slots { get; }

    /// <summary>Slots that the filter sees at an output row.</summary>
    public int SlotsPerRow { get; }

    /// <summary>How many places in a slot the filter's first line may have.</summary>
    public int Phases { get; }

    /// <summary>Pixels of a line that any filter position sees, those beside the image too.</summary>
    public int Pixels { get; }

    /// <summary>Elements of a pixel in a slot.</summary>
    public int PixelLength => Width * _linesPerSlot;

    /// <summary>Elements of a pixel in a stream.</summary>
    public int StreamPixelLength => PixelLength / _streams;

    /// <summary>Elements of a stream.</summary>
    public int StreamLength => SlotLength / _streams;

    public int SlotLength { get; }

    public int PanelLength { get; }

    /// <summary>Elements of all kept lines.</summary>
    public long Length => (long)BlockPanels * PanelLength;

    /// <summary>Taps of the filter at an output row, those counted as one that share a pixel of a slot.</summary>
    public int Taps => SlotsPerRow * _geometry.FilterWidth;

    private bool IsDense => _geometry.DilationY == 1;

    /// <summary>What an output row, counted over all images, sees.</summary>
    public DepthwiseRow this[int row]
    {
        get
        {
            int image = row / _geometry.OutputHeight, line = row - image * _geometry.OutputHeight, top = line * _geometry.StrideY;
            int pair = top / _linesPerSlot, number = image * _slotsPerImage + (IsDense ? pair : line * SlotsPerRow);
            return new(image, number, number % Slots, (IsDense ? pair * _linesPerSlot : top) - _geometry.PadY, Phases == 1 ? 0 : top - pair * _linesPerSlot);
        }
    }

    /// <summary>Number i of the slots that an output row sees.</summary>
    public DepthwiseSlot Slot(in DepthwiseRow row, int i)
    {
        int index = row.Slot + i;
        return new(index < Slots ? index : index - Slots, row.Number + i, row.Image, row.Y + i * _linesPerSlot * _geometry.DilationY);
    }

    /// <summary>Where the taps of a slot lie in a panel: pixel after pixel.</summary>
    public void Offsets(int slot, Span<nuint> offsets)
    {
        nuint at = (nuint)(slot * SlotLength), across = (nuint)(_geometry.DilationX * StreamPixelLength);
        foreach (ref nuint offset in offsets[.._geometry.FilterWidth])
        {
            offset = at;
            at += across;
        }
    }

    /// <summary>Pixels of a kept line before the image, and how many of the image follow.</summary>
    public (int Before, int Count) Inside()
    {
        int before = Math.Min(_geometry.PadX, Pixels);
        return (before, Math.Min(Pixels - before, _geometry.InputWidth));
    }
}

/// <summary>What an output row sees: slots from Slot on, then from the first one on.</summary>
/// <param name="Image">Its image.</param>
/// <param name="Number">Tells the content of its first slot.</param>
/// <param name="Slot">The first slot.</param>
/// <param name="Y">The first line of that in the image.</param>
/// <param name="Phase">Which line of the slot the filter's first one is.</param>
internal readonly record struct DepthwiseRow(int Image, int Number, int Slot, int Y, int Phase);

/// <summary>What one slot holds.</summary>
/// <param name="Index">Which slot it is.</param>
/// <param name="Number">Tells its content from that of all others.</param>
/// <param name="Image">The image of its lines.</param>
/// <param name="Y">Its first line in the image; beyond it, lines of zeros.</param>
internal readonly record struct DepthwiseSlot(int Index, int Number, int Image, int Y);
