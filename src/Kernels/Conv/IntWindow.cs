using Graft.Kernels.Gemm;

namespace Graft.Kernels.Conv;

/// <summary>
/// An integer convolution as a product whose left rows lie in bands of factors. Where output channels fill a part of a panel only, a few
/// neighbouring pixels become one row: it sees the factors of them all, and the columns of each have zeros for those that it does not see. Runs of
/// factors that end within a word are continued with zeros, too: so weights are rearranged, and the sums stay what they are.
/// </summary>
internal sealed class IntWindow
{
    /// <summary>A band of so many factors is in the nearest cache.</summary>
    private const int NearFactors = 16 * 1024;

    private readonly ConvGeometry _geometry;
    private readonly int _segmentFactors;
    private readonly int _bytes;

    private IntWindow(in ConvGeometry geometry, GemmInt kernel, int positions, int pixels)
    {
        _geometry = geometry;
        _bytes = LeftRow.FactorBytes(kernel.Left);
        Pixels = pixels;
        Joined = Join(geometry, pixels);
        Blocks = new(Joined, positions);
        _segmentFactors = Blocks.SegmentLength;
        SegmentFactors = kernel.Words(_segmentFactors) * kernel.Group;
        Starts = [.. Blocks.Starts.Select(s => s * _bytes)];
        Segments = [.. Blocks.Segments.Select(s => s * _bytes)];
    }

    /// <summary>The convolution whose output pixels are those that were joined.</summary>
    public ConvGeometry Joined { get; }

    public WindowBlocks Blocks { get; }

    /// <summary>Neighbouring pixels in one row.</summary>
    public int Pixels { get; }

    /// <summary>Rows of the arranged weights of a group.</summary>
    public int K => Segments.Length * SegmentFactors;

    /// <summary>Columns of the arranged weights of a group.</summary>
    public int Columns => Joined.OutputChannels / Joined.Groups;

    /// <summary>True where weights stay as they are.</summary>
    public bool IsPlain => Pixels == 1 && SegmentFactors == _segmentFactors;

    /// <summary>Bytes of a band with what may be written and read behind it.</summary>
    public long BandBytes => Blocks.BandLength * _bytes + LeftRow.Slack;

    /// <summary>Factors of a run, whole words.</summary>
    private int SegmentFactors { get; }

    /// <summary>Words whose products take as long as what else there is to a row of a panel: to begin, end and quantise its sums.</summary>
    private const int OutputWords = 12;

    /// <summary>In bytes.</summary>
    private int[] Starts { get; }

    /// <inheritdoc cref="Starts"/>
    private int[] Segments { get; }

    /// <summary>Plans bands for a convolution; null where its patches are better gathered.</summary>
    /// <param name="geometry">Sizes.</param>
    /// <param name="kernel">What multiplies.</param>
    /// <param name="positions">About how many rows a block has.</param>
    /// <param name="mayArrange">Whether weights can be rearranged.</param>
    /// <param name="mayJoin">Whether pixels can be joined.</param>
    public static IntWindow? Plan(in ConvGeometry geometry, GemmInt kernel, int positions, bool mayArrange, bool mayJoin)
    {
        int pixels = mayJoin && geometry.Rows > 0 ? PixelsFor(geometry, kernel) : 1;
        if ((geometry.IsPointwise && pixels == 1) || geometry.Rows == 0) return null;
        var window = new IntWindow(geometry, kernel, positions, pixels);
        // Joined pixels see a little more than each of them: the band is measured by what they see together.
        return window.Blocks.IsSparse(NearFactors) || (!window.IsPlain && !mayArrange) ? null : window;
    }

    /// <summary>The left rows [first, first + count) of a block in its band, for one group.</summary>
    public LeftRows<byte> Rows(ReadOnlySpan<byte> band, int group, int first, int count) =>
        new(band[(group * _geometry.GroupChannels * _bytes)..], Starts.AsSpan(first, count), Segments, SegmentFactors * _bytes);

    /// <summary>
    /// Weights (columns, K) of one group, K contiguous, as (arranged columns, arranged K); what was not there becomes <paramref name="zero"/>.
    /// </summary>
    public void Arrange<T>(ReadOnlySpan<T> weights, T zero, Span<T> arranged) where T : unmanaged
    {
        arranged.Fill(zero);
        int channels = _geometry.GroupChannels, columns = _geometry.OutputChannels / _geometry.Groups;
        int taps = _segmentFactors / channels, across = Joined.FilterWidth / taps;
        for (int column = 0, at = 0; column < Columns; column++)
        {
            var source = weights.Slice(column % columns * _geometry.K, _geometry.K);
            int shift = column / columns * _geometry.StrideX;
            for (int s = 0; s < Segments.Length; s++, at += SegmentFactors)
            {
                for (int tap = 0; tap < taps; tap++)
                {
                    int x = s % across * taps + tap - shift;
                    if ((uint)x >= (uint)_geometry.FilterWidth) continue;
                    source.Slice((s / across * _geometry.FilterWidth + x) * channels, channels).CopyTo(arranged[(at + tap * channels)..]);
                }
            }
        }
    }

    private static ConvGeometry Join(in ConvGeometry g, int pixels) => pixels == 1 ? g : g with
    {
        FilterWidth = g.FilterWidth + (pixels - 1) * g.StrideX,
        StrideX = g.StrideX * pixels,
        OutputWidth = g.OutputWidth / pixels,
        OutputChannels = g.OutputChannels * pixels,
    };

    /// <summary>As many pixels as cost the least time for each.</summary>
    private static int PixelsFor(in ConvGeometry g, GemmInt kernel)
    {
        if (g.DilationX != 1 || g.Groups != 1) return 1;
        int best = 1;
        for (int pixels = 2; pixels <= kernel.PanelWidth / g.OutputChannels; pixels++)
        {
            if (g.OutputWidth % pixels == 0 && Cost(g, kernel, pixels) * best < Cost(g, kernel, best) * pixels) best = pixels;
        }
        return best;
    }

    private static long Cost(in ConvGeometry g, GemmInt kernel, int pixels)
    {
        var joined = Join(g, pixels);
        return (long)kernel.PanelCount(joined.OutputChannels) * (kernel.Words(joined.FilterHeight * joined.FilterWidth * joined.GroupChannels) + OutputWords);
    }
}
