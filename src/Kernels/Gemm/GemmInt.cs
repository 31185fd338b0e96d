using System.Numerics;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Exact integer matrix products with 32-bit wrapping sums: one way of multiplying, from the table of those that there are. Left factors lie
/// in rows of words, see <see cref="Left"/>; the right matrix is packed into panels of <see cref="PanelWidth"/> columns, whose order is that
/// of <see cref="PanelOrder"/>, laid out [panel][word][column][factor]. Sums of a panel come out in the same order.
/// </summary>
internal abstract class GemmInt
{
    /// <summary>
    /// Rows that one call should have at most: so many keep their sums in the nearest cache and some hundred factors each in the next one, and what is
    /// spent on each call, and on reading a panel, is little for each of them.
    /// </summary>
    public const int BlockRows = 144;

    /// <summary>Columns of the widest panel.</summary>
    public const int PanelWidthMax = 32;

    /// <summary>The ways for right factors of 8 bits, and for wider ones; the first that the CPU supports is used.</summary>
    private static readonly GemmInt[] s_narrow =
    [
        new GemmInt<V512<int>, Vnni512Dot, Vnni512Tiles, sbyte>(),
        new GemmInt<V256<int>, VnniDot, CompiledTiles<V256<int>, VnniDot>, sbyte>(),
        new GemmInt<V128<int>, NeonDot, CompiledTiles<V128<int>, NeonDot>, sbyte>(),
        .. Pairs<sbyte>(),
    ];

    private static readonly GemmInt[] s_wide = Pairs<short>();

    public static IEnumerable<GemmInt> All => [.. s_narrow, .. s_wide];

    private protected GemmInt(LeftFactors left, int panelWidth, int wordBytes)
    {
        (Left, PanelWidth, WordBytes) = (left, panelWidth, wordBytes);
        HeaderBytes = HasColumnSums ? panelWidth * sizeof(int) : 0;
    }

    public abstract string Name { get; }

    public abstract bool IsSupported { get; }

    public int PanelWidth { get; }

    /// <summary>How left factors are stored.</summary>
    public LeftFactors Left { get; }

    /// <summary>Left factors in a word of 32 bits.</summary>
    public int Group => Left == LeftFactors.Int16 ? 2 : 4;

    private int WordBytes { get; }

    /// <summary>Bytes of sums of each column's right factors before a panel, which zero points in left factors need.</summary>
    private int HeaderBytes { get; }

    /// <param name="wideLeft">Whether left factors may need more than eight bits and a zero point.</param>
    /// <param name="wideRight">Whether right factors may need more than eight bits.</param>
    /// <param name="multiple">What ranges of factors begin and end at.</param>
    public static GemmInt Select(bool wideLeft, bool wideRight, int multiple = int.MaxValue) => Array.Find(wideRight ? s_wide : s_narrow,
        g => g.IsSupported && !(wideLeft && g.Left != LeftFactors.Int16) && (multiple == int.MaxValue || multiple % g.Group == 0))!;

    /// <summary>Whether left factors may have a zero point in them, and panels the sums of their columns.</summary>
    public bool HasColumnSums => Left != LeftFactors.Int16;

    /// <summary>Words of a row of <paramref name="k"/> left factors.</summary>
    public int Words(int k) => (k + Group - 1) / Group;

    /// <summary>Bytes of a row of left factors.</summary>
    public int RowBytes(int k) => Words(k) * sizeof(int);

    public int PanelCount(int columns) => (columns + PanelWidth - 1) / PanelWidth;

    public long PanelBytes(int k) => HeaderBytes + (long)Words(k) * PanelWidth * WordBytes;

    public long PackedBytes(int k, int columns) => PanelCount(columns) * PanelBytes(k);

    /// <summary>Packs a matrix whose element (k, n) is <c>source[k * strideK + n * strideN] - zeroPoint</c>.</summary>
    public abstract void Pack<T>(ReadOnlySpan<T> source, int zeroPoint, int strideK, int strideN, int k, int columns, Span<byte> packed)
        where T : unmanaged, IBinaryInteger<T>;

    /// <summary>
    /// What the sums of <paramref name="count"/> panels begin with when the left factors have <paramref name="zeroPoint"/> in them: <paramref name="start"/>
    /// less the zero point times the sums of the right factors. It may be in <paramref name="room"/>, where <paramref name="start"/> may be, too.
    /// </summary>
    public ReadOnlySpan<int> Correct(ReadOnlySpan<byte> packed, int panel, int count, int k, int zeroPoint, ReadOnlySpan<int> start, Span<int> room)
    {
        if (!HasColumnSums || zeroPoint == 0) return start;
        for (int p = 0; p < count; p++)
        {
            Subtract(start.Slice(p * PanelWidth, PanelWidth), ColumnSums(packed, panel + p, k), zeroPoint, room.Slice(p * PanelWidth, PanelWidth));
        }
        return room;
    }

    /// <summary>result = start - sums * factor; all as long as a panel is wide.</summary>
    protected abstract void Subtract(ReadOnlySpan<int> start, ReadOnlySpan<int> sums, int factor, Span<int> result);

    /// <summary>The sums of each column's right factors, where left factors may have a zero point in them; otherwise empty.</summary>
    public ReadOnlySpan<int> ColumnSums(ReadOnlySpan<byte> packed, int panel, int k) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(packed.Slice((int)(panel * PanelBytes(k)), HeaderBytes));

    /// <summary>
    /// Sums of products of the left rows, whose elements are the bytes of whole words of factors, with as many right factors of one panel from
    /// word <paramref name="wordBegin"/> on, in a matrix of <paramref name="k"/> rows. Sums begin with <paramref name="start"/>, and are
    /// written row after row.
    /// </summary>
    public void Run(in LeftRows<byte> left, int k, int wordBegin, ReadOnlySpan<byte> packed, int panel, ReadOnlySpan<int> start, Span<int> sums)
    {
        if (left.Count == 0) return;
        Check(left, k, wordBegin, packed, panel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(start.Length, PanelWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)left.Count * PanelWidth, sums.Length);
        Rows(left, packed[(int)(panel * PanelBytes(k) + HeaderBytes + (long)wordBegin * PanelWidth * WordBytes)..], start, sums);
    }

    /// <summary>
    /// The sums of one row with <paramref name="count"/> panels from <paramref name="panel"/> on, side by side; they begin with what
    /// <paramref name="sums"/> holds.
    /// </summary>
    public void RunAcross(in LeftRows<byte> row, int k, ReadOnlySpan<byte> packed, int panel, int count, Span<int> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Count, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)row.Segments.Length * row.SegmentLength, RowBytes(k));
        Check(row, k, 0, packed, panel, count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * PanelWidth, sums.Length);
        if (count > 0) Across(row, packed[(int)(panel * PanelBytes(k) + HeaderBytes)..], (nint)PanelBytes(k), count, sums);
    }

    /// <summary>The same with all bounds checked; panels are <paramref name="panelBytes"/> apart.</summary>
    protected abstract void Across(in LeftRows<byte> row, ReadOnlySpan<byte> right, nint panelBytes, int count, Span<int> sums);

    /// <summary>Run with all bounds checked.</summary>
    protected abstract void Rows(in LeftRows<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<int> start, Span<int> sums);

    private void Check(in LeftRows<byte> left, int k, int wordBegin, ReadOnlySpan<byte> packed, int panel, int count)
    {
        if (left.SegmentLength % sizeof(int) != 0) throw new ArgumentException($"runs of left factors are whole words, but they have {left.SegmentLength} bytes");
        ArgumentOutOfRangeException.ThrowIfNegative(wordBegin);
        ArgumentOutOfRangeException.ThrowIfNegative(panel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wordBegin + (long)left.Segments.Length * left.SegmentLength / sizeof(int), Words(k));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((panel + (long)count) * PanelBytes(k), packed.Length);
    }

    private protected Span<int> Header(Span<byte> panel) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(panel[..HeaderBytes]);

    private static GemmInt[] Pairs<T>() where T : unmanaged, IBinaryInteger<T> =>
    [
        Pairs<Lanes512, V512<int>, V512<short>, T>(),
        Pairs<Lanes256, V256<int>, V256<short>, T>(),
        Pairs<Lanes128, V128<int>, V128<short>, T>(),
        new GemmInt<Scalar<int>, ScalarDot<T>, CompiledTiles<Scalar<int>, ScalarDot<T>>, T>(),
    ];

    private static GemmInt Pairs<L, I, S, T>()
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
        where T : unmanaged, IBinaryInteger<T> =>
        new GemmInt<I, PairDot<L, I, S, T>, CompiledTiles<I, PairDot<L, I, S, T>>, T>();
}
