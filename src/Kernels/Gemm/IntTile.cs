// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// The register tile of integer products: <c>TRows</c> rows by two vectors of columns, sums beginning with what the caller gives for each row.
/// Bounds are the caller's.
/// </summary>
internal static class IntTile
{
    /// <summary>Rows of the tallest tile: twelve sums leave registers for two right factors and the left one, of sixteen.</summary>
    public const int RowsMax = 6;

    /// <param name="left">Words of the first row; those of the others follow after <paramref name="strideLeft"/> words.</param>
    /// <param name="strideLeft">Words from row to row.</param>
    /// <param name="right">The panel: for each word all columns.</param>
    /// <param name="words">Words to sum over.</param>
    /// <param name="first">What the sums of row 0 begin with.</param>
    /// <param name="strideFirst">Elements from row to row; 0 where all begin alike.</param>
    /// <param name="sums">The sums, row after row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<I, TDot, TRows>(ref readonly int left, nint strideLeft, ref readonly byte right, int words, ref readonly int first,
        nuint strideFirst, ref int sums)
        where I : unmanaged, ISimd<I, int>
        where TDot : struct, IDot<I>
        where TRows : struct, ICount
    {
        nuint n = (nuint)I.Count, bytes = n * (nuint)TDot.WordBytes;
        nuint f1 = TRows.Value > 1 ? strideFirst : 0, f2 = TRows.Value > 2 ? 2 * strideFirst : 0, f3 = TRows.Value > 3 ? 3 * strideFirst : 0;
        nuint f4 = TRows.Value > 4 ? 4 * strideFirst : 0, f5 = TRows.Value > 5 ? 5 * strideFirst : 0;
        I c00 = I.Load(in first, 0), c01 = I.Load(in first, n);
        I c10 = I.Load(in first, f1), c11 = I.Load(in first, f1 + n);
        I c20 = I.Load(in first, f2), c21 = I.Load(in first, f2 + n);
        I c30 = I.Load(in first, f3), c31 = I.Load(in first, f3 + n);
        I c40 = I.Load(in first, f4), c41 = I.Load(in first, f4 + n);
        I c50 = I.Load(in first, f5), c51 = I.Load(in first, f5 + n);
        ref int a0 = ref Unsafe.AsRef(in left);
        ref int a1 = ref Unsafe.Add(ref a0, TRows.Value > 1 ? strideLeft : 0);
        ref int a2 = ref Unsafe.Add(ref a1, TRows.Value > 2 ? strideLeft : 0);
        ref int a3 = ref Unsafe.Add(ref a2, TRows.Value > 3 ? strideLeft : 0);
        ref int a4 = ref Unsafe.Add(ref a3, TRows.Value > 4 ? strideLeft : 0);
        ref int a5 = ref Unsafe.Add(ref a4, TRows.Value > 5 ? strideLeft : 0);
        ref byte b = ref Unsafe.AsRef(in right);
        for (nint i = 0; i < words; i++)
        {
            I b0 = TDot.Load(ref b, 0), b1 = TDot.Load(ref b, bytes);
            b = ref Unsafe.Add(ref b, 2 * bytes);
            I x = I.Splat(Unsafe.Add(ref a0, i));
            c00 = TDot.MulAdd(c00, x, b0);
            c01 = TDot.MulAdd(c01, x, b1);
            if (TRows.Value > 1)
            {
                x = I.Splat(Unsafe.Add(ref a1, i));
                c10 = TDot.MulAdd(c10, x, b0);
                c11 = TDot.MulAdd(c11, x, b1);
            }
            if (TRows.Value > 2)
            {
                x = I.Splat(Unsafe.Add(ref a2, i));
                c20 = TDot.MulAdd(c20, x, b0);
                c21 = TDot.MulAdd(c21, x, b1);
            }
            if (TRows.Value > 3)
            {
                x = I.Splat(Unsafe.Add(ref a3, i));
                c30 = TDot.MulAdd(c30, x, b0);
                c31 = TDot.MulAdd(c31, x, b1);
            }
            if (TRows.Value > 4)
            {
                x = I.Splat(Unsafe.Add(ref a4, i));
                c40 = TDot.MulAdd(c40, x, b0);
                c41 = TDot.MulAdd(c41, x, b1);
            }
            if (TRows.Value > 5)
            {
                x = I.Splat(Unsafe.Add(ref a5, i));
                c50 = TDot.MulAdd(c50, x, b0);
                c51 = TDot.MulAdd(c51, x, b1);
            }
        }
        Store(c00, c01, ref sums, 0);
        if (TRows.Value > 1) Store(c10, c11, ref sums, 1);
        if (TRows.Value > 2) Store(c20, c21, ref sums, 2);
        if (TRows.Value > 3) Store(c30, c31, ref sums, 3);
        if (TRows.Value > 4) Store(c40, c41, ref sums, 4);
        if (TRows.Value > 5) Store(c50, c51, ref sums, 5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<I>(I low, I high, ref int sums, nuint row) where I : unmanaged, ISimd<I, int>
    {
        nuint n = (nuint)I.Count, at = 2 * n * row;
        I.Store(low, ref sums, at);
        I.Store(high, ref sums, at + n);
    }
}
