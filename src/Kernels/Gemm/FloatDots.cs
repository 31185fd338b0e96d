// house: tile
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// C = A * B^T for few columns: C[m, n] = sum of A[m, k] * B[n, k], both matrices as their rows lie, the lanes of a vector going over k. Each lane sums its terms in
/// ascending order, with one rounding for each where the CPU has FMA, then the lanes are added by halving: the bits depend on K and the width of vectors alone, not
/// on the number of rows or columns. Error bound: gamma_(K / lanes + log2 lanes + 1) of the sum of magnitudes.
/// </summary>
internal static class FloatDots
{
    private const int TileColumns = 4, TileRows = 3;

    /// <param name="a">Rows of A.</param>
    /// <param name="stride">Distance of the rows of A.</param>
    /// <param name="rows">How many they are.</param>
    /// <param name="b">Rows of B, one after another.</param>
    /// <param name="columns">How many they are.</param>
    /// <param name="k">Numbers in a row of either; at least 1.</param>
    /// <param name="c">Rows of results, one after another.</param>
    public static void Run(ReadOnlySpan<float> a, int stride, int rows, ReadOnlySpan<float> b, int columns, int k, Span<float> c)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((rows - 1L) * stride + k, a.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)columns * k, b.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * columns, c.Length);
        var product = new Product(a, stride, rows, b, columns, k, c);
        Isa.Dispatch<Product, float>(ref product);
    }

    private readonly ref struct Product(ReadOnlySpan<float> a, int stride, int rows, ReadOnlySpan<float> b, int columns, int k, Span<float> c) : ISimdAction<float>
    {
        private readonly ReadOnlySpan<float> _a = a, _b = b;
        private readonly Span<float> _c = c;

        public void Invoke<V>() where V : unmanaged, ISimd<V, float>
        {
            for (int row = 0, count; row < rows; row += count)
            {
                count = Math.Min(TileRows, rows - row);
                for (int column = 0, width; column < columns; column += width)
                {
                    int left = columns - column;
                    width = Math.Min(left, count == 1 && left > TileColumns ? 2 * TileColumns : TileColumns);
                    var tile = new Tile
                    {
                        A = ref MemoryMarshal.GetReference(_a[(row * stride)..]),
                        StrideA = stride,
                        B = ref MemoryMarshal.GetReference(_b[(column * k)..]),
                        Columns = width,
                        K = k,
                        C = ref MemoryMarshal.GetReference(_c[(row * columns + column)..]),
                        StrideC = columns,
                    };
                    if (width > TileColumns) tile.Run<V, N1, N8>();
                    else if (count == 1) tile.Run<V, N1, N4>();
                    else if (count == 2) tile.Run<V, N2, N4>();
                    else tile.Run<V, N3, N4>();
                }
            }
        }
    }

    /// <summary>Up to three rows by four columns, or one by eight. Columns that are not there repeat the last.</summary>
    private ref struct Tile
    {
        public ref float A, B, C;
        public nint StrideA, StrideC;
        public int Columns, K;

        // In bounds: Run checked the lengths; rows and columns are those of the tile.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V, TRows, TColumns>()
            where V : unmanaged, ISimd<V, float>
            where TRows : struct, ICount
            where TColumns : struct, ICount
        {
            bool eight = TColumns.Value == 8;
            ref float a0 = ref A, a1 = ref Unsafe.Add(ref a0, TRows.Value > 1 ? StrideA : 0), a2 = ref Unsafe.Add(ref a1, TRows.Value > 2 ? StrideA : 0);
            ref float b0 = ref B, b1 = ref Column(1), b2 = ref Column(2), b3 = ref Column(3);
            ref float b4 = ref Column(eight ? 4 : 0), b5 = ref Column(eight ? 5 : 0), b6 = ref Column(eight ? 6 : 0), b7 = ref Column(eight ? 7 : 0);
            V c00 = default, c01 = default, c02 = default, c03 = default, c04 = default, c05 = default, c06 = default, c07 = default;
            V c10 = default, c11 = default, c12 = default, c13 = default, c20 = default, c21 = default, c22 = default, c23 = default;
            nuint i = 0, lanes = (nuint)V.Count, k = (nuint)K, whole = k - k % lanes;
            for (; i < whole; i += lanes)
            {
                V x0 = V.Load(ref a0, i), x1 = TRows.Value > 1 ? V.Load(ref a1, i) : default, x2 = TRows.Value > 2 ? V.Load(ref a2, i) : default;
                V y = V.Load(ref b0, i);
                c00 = V.MulAddEstimate(x0, y, c00);
                if (TRows.Value > 1) c10 = V.MulAddEstimate(x1, y, c10);
                if (TRows.Value > 2) c20 = V.MulAddEstimate(x2, y, c20);
                y = V.Load(ref b1, i);
                c01 = V.MulAddEstimate(x0, y, c01);
                if (TRows.Value > 1) c11 = V.MulAddEstimate(x1, y, c11);
                if (TRows.Value > 2) c21 = V.MulAddEstimate(x2, y, c21);
                y = V.Load(ref b2, i);
                c02 = V.MulAddEstimate(x0, y, c02);
                if (TRows.Value > 1) c12 = V.MulAddEstimate(x1, y, c12);
                if (TRows.Value > 2) c22 = V.MulAddEstimate(x2, y, c22);
                y = V.Load(ref b3, i);
                c03 = V.MulAddEstimate(x0, y, c03);
                if (TRows.Value > 1) c13 = V.MulAddEstimate(x1, y, c13);
                if (TRows.Value > 2) c23 = V.MulAddEstimate(x2, y, c23);
                if (!eight) continue;
                c04 = V.MulAddEstimate(x0, V.Load(ref b4, i), c04);
                c05 = V.MulAddEstimate(x0, V.Load(ref b5, i), c05);
                c06 = V.MulAddEstimate(x0, V.Load(ref b6, i), c06);
                c07 = V.MulAddEstimate(x0, V.Load(ref b7, i), c07);
            }
            int rest = (int)(k - whole);
            if (rest > 0)
            {
                // The lanes that are not there add zero times zero.
                V y0 = V.LoadPartial(ref b0, i, rest), y1 = V.LoadPartial(ref b1, i, rest), y2 = V.LoadPartial(ref b2, i, rest), y3 = V.LoadPartial(ref b3, i, rest);
                V x = V.LoadPartial(ref a0, i, rest);
                (c00, c01, c02, c03) = (V.MulAddEstimate(x, y0, c00), V.MulAddEstimate(x, y1, c01), V.MulAddEstimate(x, y2, c02), V.MulAddEstimate(x, y3, c03));
                if (eight)
                {
                    c04 = V.MulAddEstimate(x, V.LoadPartial(ref b4, i, rest), c04);
                    c05 = V.MulAddEstimate(x, V.LoadPartial(ref b5, i, rest), c05);
                    c06 = V.MulAddEstimate(x, V.LoadPartial(ref b6, i, rest), c06);
                    c07 = V.MulAddEstimate(x, V.LoadPartial(ref b7, i, rest), c07);
                }
                if (TRows.Value > 1)
                {
                    x = V.LoadPartial(ref a1, i, rest);
                    (c10, c11, c12, c13) = (V.MulAddEstimate(x, y0, c10), V.MulAddEstimate(x, y1, c11), V.MulAddEstimate(x, y2, c12), V.MulAddEstimate(x, y3, c13));
                }
                if (TRows.Value > 2)
                {
                    x = V.LoadPartial(ref a2, i, rest);
                    (c20, c21, c22, c23) = (V.MulAddEstimate(x, y0, c20), V.MulAddEstimate(x, y1, c21), V.MulAddEstimate(x, y2, c22), V.MulAddEstimate(x, y3, c23));
                }
            }
            Write(ref C, LaneSums.Four(c00, c01, c02, c03), Columns);
            if (eight) Write(ref Unsafe.Add(ref C, TileColumns), LaneSums.Four(c04, c05, c06, c07), Columns - TileColumns);
            if (TRows.Value > 1) Write(ref Unsafe.Add(ref C, StrideC), LaneSums.Four(c10, c11, c12, c13), Columns);
            if (TRows.Value > 2) Write(ref Unsafe.Add(ref C, 2 * StrideC), LaneSums.Four(c20, c21, c22, c23), Columns);
        }

        private readonly ref float Column(int column) => ref Unsafe.Add(ref B, (nint)Math.Min(column, Columns - 1) * K);

        // In bounds: as many columns as C has.
        private static void Write(ref float c, V128<float> sums, int columns)
        {
            if (columns >= TileColumns) V128<float>.Store(sums, ref c, 0);
            else Pieces.Copy(in Unsafe.As<V128<float>, float>(ref sums), ref c, columns);
        }
    }
}
