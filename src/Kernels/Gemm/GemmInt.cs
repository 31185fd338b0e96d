using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Exact integer matrix product C = A * B with 16-bit factors and 32-bit wrapping sums. Zero points are subtracted before: factors of
/// 8-bit tensors fit 16 bits with them. B is packed into panels of <see cref="PanelWidth"/> columns, laid out
/// [panel][pair of k][column][2]; rows of A hold an even number of factors.
/// </summary>
internal static class GemmInt
{
    private const int TileRows = 4;

    public static int PanelWidth => 2 * Lanes;

    private static int Lanes => Isa.Current switch
    {
        VectorWidth.V512 => V512<int>.Count,
        VectorWidth.V256 => V256<int>.Count,
        VectorWidth.V128 => V128<int>.Count,
        _ => 1,
    };

    /// <summary>Factors in a row of A or a column of B, rounded up to pairs.</summary>
    public static int PaddedK(int k) => (k + 1) & ~1;

    public static int PanelCount(int columns) => (columns + PanelWidth - 1) / PanelWidth;

    /// <summary>Elements of a row of C: the columns rounded up to whole panels.</summary>
    public static int PaddedColumns(int columns) => PanelCount(columns) * PanelWidth;

    public static long PackedLength(int k, int columns) => (long)PaddedColumns(columns) * PaddedK(k);

    /// <summary>
    /// Packs B, whose element (k, n) is <c>source[k * strideK + n * strideN] - zeroPoint</c>.
    /// </summary>
    public static void Pack<T>(ReadOnlySpan<T> source, int zeroPoint, int strideK, int strideN, int k, int columns, Span<short> packed)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        int width = PanelWidth;
        packed[..(int)PackedLength(k, columns)].Clear();
        for (int first = 0, panel = 0; first < columns; first += width, panel += width * PaddedK(k))
        {
            int count = Math.Min(width, columns - first);
            for (int i = 0; i < k; i++)
            {
                int at = panel + (i >> 1) * 2 * width + (i & 1);
                for (int n = 0; n < count; n++)
                {
                    packed[at + 2 * n] = (short)(int.CreateTruncating(source[i * strideK + (first + n) * strideN]) - zeroPoint);
                }
            }
        }
    }

    /// <summary>
    /// Sums over factors [kBegin, kEnd) of each row, both even, for panels [panelBegin, panelEnd). C begins at the first of these panels;
    /// its rows are <paramref name="strideC"/> apart, at least the panels' width, and are overwritten.
    /// </summary>
    public static void Run(ReadOnlySpan<short> a, int strideA, int rows, int k, int kBegin, int kEnd, ReadOnlySpan<short> packed,
        int panelBegin, int panelEnd, Span<int> c, int strideC)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(rows - 1) * strideA + kEnd, a.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)panelEnd * PanelWidth * PaddedK(k), packed.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(rows - 1) * strideC + (panelEnd - panelBegin) * PanelWidth, c.Length);
        if (rows == 0 || panelBegin == panelEnd) return;
        var range = new Range(strideA, rows, PaddedK(k), kBegin, kEnd, panelBegin, panelEnd, strideC);
        if (Isa.Current == VectorWidth.V512) Panels<Lanes512, V512<int>, V512<short>>(a, packed, c, range);
        else if (Isa.Current == VectorWidth.V256) Panels<Lanes256, V256<int>, V256<short>>(a, packed, c, range);
        else if (Isa.Current == VectorWidth.V128) Panels<Lanes128, V128<int>, V128<short>>(a, packed, c, range);
        else Scalars(a, packed, c, range);
    }

    private readonly record struct Range(int StrideA, int Rows, int PaddedK, int KBegin, int KEnd, int PanelBegin, int PanelEnd, int StrideC);

    private static void Panels<L, I, S>(ReadOnlySpan<short> a, ReadOnlySpan<short> packed, Span<int> c, in Range r)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        int width = 2 * I.Count;
        if (r.KBegin >= r.KEnd)
        {
            for (int row = 0; row < r.Rows; row++) c.Slice(row * r.StrideC, (r.PanelEnd - r.PanelBegin) * width).Clear();
            return;
        }
        for (int panel = r.PanelBegin; panel < r.PanelEnd; panel++)
        {
            ref readonly short b = ref packed[panel * width * r.PaddedK + r.KBegin * width];
            int row = 0;
            for (; row + TileRows <= r.Rows; row += TileRows)
            {
                Tile4<L, I, S>(in a[row * r.StrideA + r.KBegin], r.StrideA, in b, (r.KEnd - r.KBegin) / 2, ref c[row * r.StrideC + (panel - r.PanelBegin) * width], r.StrideC);
            }
            for (; row < r.Rows; row++)
            {
                Tile1<L, I, S>(in a[row * r.StrideA + r.KBegin], in b, (r.KEnd - r.KBegin) / 2, ref c[row * r.StrideC + (panel - r.PanelBegin) * width]);
            }
        }
    }

    // In bounds: Run checked that each row has kEnd factors and each panel PaddedK rows of two vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<L, I, S>(ref readonly short a, int strideA, ref readonly short b, int pairs, ref int c, int strideC)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        nuint lanes = (nuint)S.Count, at = 0, row = (nuint)strideA * sizeof(short);
        I c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        ref byte factors = ref Unsafe.As<short, byte>(ref Unsafe.AsRef(in a));
        for (nuint i = 0; i < (nuint)pairs; i++, at += 2 * lanes)
        {
            S b0 = S.Load(in b, at), b1 = S.Load(in b, at + lanes);
            S x = Pair<I, S>(ref factors, i * sizeof(int));
            c00 += L.MulAddAdjacent(x, b0);
            c01 += L.MulAddAdjacent(x, b1);
            x = Pair<I, S>(ref factors, i * sizeof(int) + row);
            c10 += L.MulAddAdjacent(x, b0);
            c11 += L.MulAddAdjacent(x, b1);
            x = Pair<I, S>(ref factors, i * sizeof(int) + 2 * row);
            c20 += L.MulAddAdjacent(x, b0);
            c21 += L.MulAddAdjacent(x, b1);
            x = Pair<I, S>(ref factors, i * sizeof(int) + 3 * row);
            c30 += L.MulAddAdjacent(x, b0);
            c31 += L.MulAddAdjacent(x, b1);
        }
        nuint step = (nuint)I.Count, sc = (nuint)strideC;
        I.Store(c00, ref c, 0);
        I.Store(c01, ref c, step);
        I.Store(c10, ref c, sc);
        I.Store(c11, ref c, sc + step);
        I.Store(c20, ref c, 2 * sc);
        I.Store(c21, ref c, 2 * sc + step);
        I.Store(c30, ref c, 3 * sc);
        I.Store(c31, ref c, 3 * sc + step);
    }

    // In bounds: as Tile4, for one row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<L, I, S>(ref readonly short a, ref readonly short b, int pairs, ref int c)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        nuint lanes = (nuint)S.Count, at = 0;
        I c0 = default, c1 = default;
        ref byte factors = ref Unsafe.As<short, byte>(ref Unsafe.AsRef(in a));
        for (nuint i = 0; i < (nuint)pairs; i++, at += 2 * lanes)
        {
            S x = Pair<I, S>(ref factors, i * sizeof(int));
            c0 += L.MulAddAdjacent(x, S.Load(in b, at));
            c1 += L.MulAddAdjacent(x, S.Load(in b, at + lanes));
        }
        I.Store(c0, ref c, 0);
        I.Store(c1, ref c, (nuint)I.Count);
    }

    /// <summary>Two neighbouring factors in every lane.</summary>
    // In bounds: the caller's pair index; I and S are the same register.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static S Pair<I, S>(ref byte factors, nuint offset)
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short> =>
        Unsafe.BitCast<I, S>(I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref factors, offset))));

    private static void Scalars(ReadOnlySpan<short> a, ReadOnlySpan<short> packed, Span<int> c, in Range r)
    {
        int width = PanelWidth;
        for (int row = 0; row < r.Rows; row++)
        {
            var factors = a.Slice(row * r.StrideA, r.KEnd);
            for (int column = r.PanelBegin * width; column < r.PanelEnd * width; column++)
            {
                int sum = 0, at = column / width * width * r.PaddedK + 2 * (column % width);
                for (int k = r.KBegin; k < r.KEnd; k++) sum += factors[k] * packed[at + (k >> 1) * 2 * width + (k & 1)];
                c[row * r.StrideC + column - r.PanelBegin * width] = sum;
            }
        }
    }
}
