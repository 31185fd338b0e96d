// house: tile
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// C = A * B^T for few columns: C[m, n] = sum of A[m, k] * B[n, k], both matrices as their rows lie, the lanes of a vector going over k. Each lane sums its terms in
/// ascending order, with one rounding for each where the CPU has FMA, then the lanes are added by halving: the bits depend on K and the width of vectors alone, not
/// on the number of rows or columns. Error bound: gamma_(K / lanes + log2 lanes + 1) of the sum of magnitudes.
/// </summary>
internal static class FloatDots
{
    private const int TileColumns = 4;

    /// <summary>Rows of the tallest tile: with their sums, a number of each and one of B they fill the registers.</summary>
    private static int TileRows => Isa.VectorRegisters >= 32 ? 5 : 3;

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
        if (Isa.Current == VectorWidth.V512) product.Run<V512<float>, Vector512<float>, Floats512>();
        else if (Isa.Current == VectorWidth.V256) product.Run<V256<float>, Vector256<float>, Floats256>();
        else if (Isa.Current == VectorWidth.V128) product.Run<V128<float>, Vector128<float>, Floats128>();
        else product.Run<Scalar<float>, float, Floats1>();
    }

    private readonly ref struct Product(ReadOnlySpan<float> a, int stride, int rows, ReadOnlySpan<float> b, int columns, int k, Span<float> c)
    {
        private readonly ReadOnlySpan<float> _a = a, _b = b;
        private readonly Span<float> _c = c;

        /// <summary>One width: <typeparamref name="B"/> are bare vectors, and <typeparamref name="V"/> the same ones.</summary>
        public void Run<V, B, O>()
            where V : unmanaged, ISimd<V, float>
            where B : unmanaged
            where O : struct, IFloats<B>
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
                    if (width > TileColumns) tile.Run<V, B, O, N1, N8>();
                    else if (count == 1) tile.Run<V, B, O, N1, N4>();
                    else if (count == 2) tile.Run<V, B, O, N2, N4>();
                    else if (count == 3) tile.Run<V, B, O, N3, N4>();
                    else if (count == 4) tile.Run<V, B, O, N4, N4>();
                    else tile.Run<V, B, O, N5, N4>();
                }
            }
        }
    }

    /// <summary>Up to five rows by four columns, or one by eight. Columns that are not there repeat the last.</summary>
    private ref struct Tile
    {
        public ref float A, B, C;
        public nint StrideA, StrideC;
        public int Columns, K;

        // In bounds: Run checked the lengths; rows and columns are those of the tile.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V, X, O, TRows, TColumns>()
            where V : unmanaged, ISimd<V, float>
            where X : unmanaged
            where O : struct, IFloats<X>
            where TRows : struct, ICount
            where TColumns : struct, ICount
        {
            bool eight = TColumns.Value == 8;
            ref float a0 = ref A, a1 = ref Unsafe.Add(ref a0, TRows.Value > 1 ? StrideA : 0), a2 = ref Unsafe.Add(ref a1, TRows.Value > 2 ? StrideA : 0);
            ref float a3 = ref Unsafe.Add(ref a2, TRows.Value > 3 ? StrideA : 0), a4 = ref Unsafe.Add(ref a3, TRows.Value > 4 ? StrideA : 0);
            ref float b0 = ref B, b1 = ref Column(1), b2 = ref Column(2), b3 = ref Column(3);
            ref float b4 = ref Column(eight ? 4 : 0), b5 = ref Column(eight ? 5 : 0), b6 = ref Column(eight ? 6 : 0), b7 = ref Column(eight ? 7 : 0);
            X c00 = default, c01 = default, c02 = default, c03 = default, c04 = default, c05 = default, c06 = default, c07 = default;
            X c10 = default, c11 = default, c12 = default, c13 = default, c20 = default, c21 = default, c22 = default, c23 = default;
            X c30 = default, c31 = default, c32 = default, c33 = default, c40 = default, c41 = default, c42 = default, c43 = default;
            nuint i = 0, lanes = (nuint)O.Count, k = (nuint)K, whole = k - k % lanes;
            for (; i < whole; i += lanes)
            {
                X x0 = O.Load(ref a0, i), x1 = TRows.Value > 1 ? O.Load(ref a1, i) : default, x2 = TRows.Value > 2 ? O.Load(ref a2, i) : default;
                X x3 = TRows.Value > 3 ? O.Load(ref a3, i) : default, x4 = TRows.Value > 4 ? O.Load(ref a4, i) : default;
                X y = O.Load(ref b0, i);
                c00 = O.MulAddEstimate(x0, y, c00);
                if (TRows.Value > 1) c10 = O.MulAddEstimate(x1, y, c10);
                if (TRows.Value > 2) c20 = O.MulAddEstimate(x2, y, c20);
                if (TRows.Value > 3) c30 = O.MulAddEstimate(x3, y, c30);
                if (TRows.Value > 4) c40 = O.MulAddEstimate(x4, y, c40);
                y = O.Load(ref b1, i);
                c01 = O.MulAddEstimate(x0, y, c01);
                if (TRows.Value > 1) c11 = O.MulAddEstimate(x1, y, c11);
                if (TRows.Value > 2) c21 = O.MulAddEstimate(x2, y, c21);
                if (TRows.Value > 3) c31 = O.MulAddEstimate(x3, y, c31);
                if (TRows.Value > 4) c41 = O.MulAddEstimate(x4, y, c41);
                y = O.Load(ref b2, i);
                c02 = O.MulAddEstimate(x0, y, c02);
                if (TRows.Value > 1) c12 = O.MulAddEstimate(x1, y, c12);
                if (TRows.Value > 2) c22 = O.MulAddEstimate(x2, y, c22);
                if (TRows.Value > 3) c32 = O.MulAddEstimate(x3, y, c32);
                if (TRows.Value > 4) c42 = O.MulAddEstimate(x4, y, c42);
                y = O.Load(ref b3, i);
                c03 = O.MulAddEstimate(x0, y, c03);
                if (TRows.Value > 1) c13 = O.MulAddEstimate(x1, y, c13);
                if (TRows.Value > 2) c23 = O.MulAddEstimate(x2, y, c23);
                if (TRows.Value > 3) c33 = O.MulAddEstimate(x3, y, c33);
                if (TRows.Value > 4) c43 = O.MulAddEstimate(x4, y, c43);
                if (!eight) continue;
                c04 = O.MulAddEstimate(x0, O.Load(ref b4, i), c04);
                c05 = O.MulAddEstimate(x0, O.Load(ref b5, i), c05);
                c06 = O.MulAddEstimate(x0, O.Load(ref b6, i), c06);
                c07 = O.MulAddEstimate(x0, O.Load(ref b7, i), c07);
            }
            int rest = (int)(k - whole);
            if (rest > 0)
            {
                // The lanes that are not there add zero times zero.
                X y0 = Part<V, X>(ref b0, i, rest), y1 = Part<V, X>(ref b1, i, rest), y2 = Part<V, X>(ref b2, i, rest), y3 = Part<V, X>(ref b3, i, rest);
                X x = Part<V, X>(ref a0, i, rest);
                (c00, c01, c02, c03) = (O.MulAddEstimate(x, y0, c00), O.MulAddEstimate(x, y1, c01), O.MulAddEstimate(x, y2, c02), O.MulAddEstimate(x, y3, c03));
                if (eight)
                {
                    c04 = O.MulAddEstimate(x, Part<V, X>(ref b4, i, rest), c04);
                    c05 = O.MulAddEstimate(x, Part<V, X>(ref b5, i, rest), c05);
                    c06 = O.MulAddEstimate(x, Part<V, X>(ref b6, i, rest), c06);
                    c07 = O.MulAddEstimate(x, Part<V, X>(ref b7, i, rest), c07);
                }
                if (TRows.Value > 1)
                {
                    x = Part<V, X>(ref a1, i, rest);
                    (c10, c11, c12, c13) = (O.MulAddEstimate(x, y0, c10), O.MulAddEstimate(x, y1, c11), O.MulAddEstimate(x, y2, c12), O.MulAddEstimate(x, y3, c13));
                }
                if (TRows.Value > 2)
                {
                    x = Part<V, X>(ref a2, i, rest);
                    (c20, c21, c22, c23) = (O.MulAddEstimate(x, y0, c20), O.MulAddEstimate(x, y1, c21), O.MulAddEstimate(x, y2, c22), O.MulAddEstimate(x, y3, c23));
                }
                if (TRows.Value > 3)
                {
                    x = Part<V, X>(ref a3, i, rest);
                    (c30, c31, c32, c33) = (O.MulAddEstimate(x, y0, c30), O.MulAddEstimate(x, y1, c31), O.MulAddEstimate(x, y2, c32), O.MulAddEstimate(x, y3, c33));
                }
                if (TRows.Value > 4)
                {
                    x = Part<V, X>(ref a4, i, rest);
                    (c40, c41, c42, c43) = (O.MulAddEstimate(x, y0, c40), O.MulAddEstimate(x, y1, c41), O.MulAddEstimate(x, y2, c42), O.MulAddEstimate(x, y3, c43));
                }
            }
            Write(ref C, Sums<V, X>(c00, c01, c02, c03), Columns);
            if (eight) Write(ref Unsafe.Add(ref C, TileColumns), Sums<V, X>(c04, c05, c06, c07), Columns - TileColumns);
            if (TRows.Value > 1) Write(ref Unsafe.Add(ref C, StrideC), Sums<V, X>(c10, c11, c12, c13), Columns);
            if (TRows.Value > 2) Write(ref Unsafe.Add(ref C, 2 * StrideC), Sums<V, X>(c20, c21, c22, c23), Columns);
            if (TRows.Value > 3) Write(ref Unsafe.Add(ref C, 3 * StrideC), Sums<V, X>(c30, c31, c32, c33), Columns);
            if (TRows.Value > 4) Write(ref Unsafe.Add(ref C, 4 * StrideC), Sums<V, X>(c40, c41, c42, c43), Columns);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static X Part<V, X>(ref float from, nuint i, int count)
            where V : unmanaged, ISimd<V, float>
            where X : unmanaged => Unsafe.BitCast<V, X>(V.LoadPartial(ref from, i, count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V128<float> Sums<V, X>(X a, X b, X c, X d)
            where V : unmanaged, ISimd<V, float>
            where X : unmanaged => LaneSums.Four(Unsafe.BitCast<X, V>(a), Unsafe.BitCast<X, V>(b), Unsafe.BitCast<X, V>(c), Unsafe.BitCast<X, V>(d));

        private readonly ref float Column(int column) => ref Unsafe.Add(ref B, (nint)Math.Min(column, Columns - 1) * K);

        // In bounds: as many columns as C has.
        private static void Write(ref float c, V128<float> sums, int columns)
        {
            if (columns >= TileColumns) V128<float>.Store(sums, ref c, 0);
            else Pieces.Copy(in Unsafe.As<V128<float>, float>(ref sums), ref c, columns);
        }
    }
}
