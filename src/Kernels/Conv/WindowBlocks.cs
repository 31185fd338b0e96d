namespace Graft.Kernels.Conv;

/// <summary>
/// The output positions of a convolution cut into blocks, each several whole rows of one image or a part of one row; and how the factors of a
/// block's positions lie in the image, or in a band: a copy of the part of the image under the block with its padding, which is made where there
/// is some. A position's factors are segments: runs of channels or, undilated, of filter rows.
/// </summary>
internal sealed class WindowBlocks
{
    /// <summary>A band may be this much larger than the patches of its block.</summary>
    private const int ExcessMax = 2;

    private readonly ConvGeometry _geometry;
    private readonly int _rows;
    private readonly int _width;
    private readonly int _across;
    private readonly int _perImage;
    private readonly int _pitch;

    /// <param name="geometry">Sizes.</param>
    /// <param name="positions">About how many positions a block has.</param>
    public WindowBlocks(in ConvGeometry geometry, int positions)
    {
        _geometry = geometry;
        var g = geometry;
        _across = (g.OutputWidth + positions - 1) / positions;
        _width = (g.OutputWidth + _across - 1) / _across;
        _across = (g.OutputWidth + _width - 1) / _width;
        int down = _across > 1 ? g.OutputHeight : Down(g, positions);
        _rows = (g.OutputHeight + down - 1) / down;
        down = (g.OutputHeight + _rows - 1) / _rows;
        _perImage = down * _across;
        Count = checked(g.Batch * _perImage);
        IsCopied = g.PadY > 0 || g.PadX > 0 || Extent(g.OutputHeight, g.StrideY, g.FilterHeight, g.DilationY) > g.InputHeight
            || Extent(g.OutputWidth, g.StrideX, g.FilterWidth, g.DilationX) > g.InputWidth;
        long height = Extent(_rows, g.StrideY, g.FilterHeight, g.DilationY), pitch = IsCopied ? Extent(_width, g.StrideX, g.FilterWidth, g.DilationX) : g.InputWidth;
        BandLength = (long)Int128.Min((Int128)height * pitch * g.InputChannels, long.MaxValue);
        if (BandLength > int.MaxValue) return;
        _pitch = (int)pitch;
        Starts = [.. from y in Enumerable.Range(0, _rows) from x in Enumerable.Range(0, _width) select (y * g.StrideY * _pitch + x * g.StrideX) * g.InputChannels];
        bool joined = g.DilationX == 1 && g.Groups == 1;
        SegmentLength = joined ? g.FilterWidth * g.GroupChannels : g.GroupChannels;
        Segments = [.. from y in Enumerable.Range(0, g.FilterHeight) from x in Enumerable.Range(0, joined ? 1 : g.FilterWidth)
            select (y * g.DilationY * _pitch + x * g.DilationX) * g.InputChannels];
    }

    public int Count { get; }

    /// <summary>Positions of the largest block.</summary>
    public int Positions => _rows * _width;

    /// <summary>True where blocks read a band, false where they read the image.</summary>
    public bool IsCopied { get; }

    /// <summary>Elements of a band.</summary>
    public long BandLength { get; }

    /// <summary>
    /// True where a band is so much larger than the patches of its block, and than <paramref name="near"/> elements, that they are better gathered: it has
    /// gaps between far taps.
    /// </summary>
    public bool IsSparse(int near) => BandLength > (long)ExcessMax * Positions * _geometry.K + near;

    /// <summary>Where the factors of a block's positions begin, for the largest block.</summary>
    public int[] Starts { get; } = [];

    public int[] Segments { get; } = [];

    public int SegmentLength { get; }

    public Block this[int block]
    {
        get
        {
            int image = block / _perImage, rest = block % _perImage;
            int y = rest / _across * _rows, x = rest % _across * _width;
            int rows = Math.Min(_rows, _geometry.OutputHeight - y), width = Math.Min(_width, _geometry.OutputWidth - x);
            return new(image, y, x, rows * width, (image * _geometry.OutputHeight + y) * _geometry.OutputWidth + x);
        }
    }

    /// <summary>Where the first factor of a block is in the input, when it reads the image.</summary>
    public int Origin(in Block block) =>
        ((block.Image * _geometry.InputHeight + block.Y * _geometry.StrideY) * _geometry.InputWidth + block.X * _geometry.StrideX) * _geometry.InputChannels;

    /// <summary>Copies the part of the image under a block, zeros around the image.</summary>
    public void Copy<TBand>(in Block block, TBand band) where TBand : struct, IBand, allows ref struct
    {
        var g = _geometry;
        int channels = g.InputChannels, rowLength = _pitch * channels;
        long height = Extent(block.Count / Math.Min(_width, g.OutputWidth - block.X), g.StrideY, g.FilterHeight, g.DilationY);
        int top = block.Y * g.StrideY - g.PadY, left = block.X * g.StrideX - g.PadX;
        int before = Math.Clamp(-left, 0, _pitch), inside = Math.Clamp(g.InputWidth - Math.Max(left, 0), 0, _pitch - before);
        for (int r = 0, at = 0; r < height; r++, at += rowLength)
        {
            int y = top + r;
            if ((uint)y >= (uint)g.InputHeight)
            {
                band.Zeros(at, rowLength);
                continue;
            }
            int end = (before + inside) * channels;
            band.Zeros(at, before * channels);
            band.Values(((block.Image * g.InputHeight + y) * g.InputWidth + Math.Max(left, 0)) * channels, inside * channels, at + before * channels);
            band.Zeros(at + end, rowLength - end);
        }
    }

    /// <summary>Rows of a block that has whole rows; equal, as far as they can be.</summary>
    private static int Down(in ConvGeometry g, int positions)
    {
        int rows = Math.Max(1, positions / g.OutputWidth);
        return (g.OutputHeight + rows - 1) / rows;
    }

    /// <summary>Inputs along an axis from the first that some outputs see to the last.</summary>
    private static long Extent(int outputs, int stride, int filter, int dilation) => (outputs - 1L) * stride + (filter - 1L) * dilation + 1;

    /// <summary>Positions of one image from output row Y and column X on; Row is the first, counted over all images.</summary>
    internal readonly record struct Block(int Image, int Y, int X, int Count, int Row);
}
