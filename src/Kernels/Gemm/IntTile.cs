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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<I, TDot, TRows>(in IntTileArguments t)
        where I : unmanaged, ISimd<I, int>
        where TDot : struct, IDot<I>
        where TRows : struct, ICount
    {
        nuint n = (nuint)I.Count, bytes = n * (nuint)TDot.WordBytes, stride = t.StrideFirst;
        ref int first = ref t.First;
        nuint f1 = Unsafe.SizeOf<TRows>() > 1 ? stride : 0, f2 = Unsafe.SizeOf<TRows>() > 2 ? 2 * stride : 0, f3 = Unsafe.SizeOf<TRows>() > 3 ? 3 * stride : 0;
        nuint f4 = Unsafe.SizeOf<TRows>() > 4 ? 4 * stride : 0, f5 = Unsafe.SizeOf<TRows>() > 5 ? 5 * stride : 0;
        I c00 = I.Load(ref first, 0), c01 = I.Load(ref first, n);
        I c10 = I.Load(ref first, f1), c11 = I.Load(ref first, f1 + n);
        I c20 = I.Load(ref first, f2), c21 = I.Load(ref first, f2 + n);
        I c30 = I.Load(ref first, f3), c31 = I.Load(ref first, f3 + n);
        I c40 = I.Load(ref first, f4), c41 = I.Load(ref first, f4 + n);
        I c50 = I.Load(ref first, f5), c51 = I.Load(ref first, f5 + n);
        ref byte a0 = ref Unsafe.Add(ref t.Left, t.Starts.At(0));
        ref byte a1 = ref Unsafe.Add(ref t.Left, Unsafe.SizeOf<TRows>() > 1 ? t.Starts.At(1) : 0);
        ref byte a2 = ref Unsafe.Add(ref t.Left, Unsafe.SizeOf<TRows>() > 2 ? t.Starts.At(2) : 0);
        ref byte a3 = ref Unsafe.Add(ref t.Left, Unsafe.SizeOf<TRows>() > 3 ? t.Starts.At(3) : 0);
        ref byte a4 = ref Unsafe.Add(ref t.Left, Unsafe.SizeOf<TRows>() > 4 ? t.Starts.At(4) : 0);
        ref byte a5 = ref Unsafe.Add(ref t.Left, Unsafe.SizeOf<TRows>() > 5 ? t.Starts.At(5) : 0);
        ref byte b = ref t.Right;
        for (int s = 0; s < t.SegmentCount; s++)
        {
            nint i = Unsafe.Add(ref t.Segments, s), end = i + t.SegmentBytes;
            do
            {
                I b0 = TDot.Load(ref b, 0), b1 = TDot.Load(ref b, bytes);
                I x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref a0, i)));
                c00 = TDot.MulAdd(c00, x, b0);
                c01 = TDot.MulAdd(c01, x, b1);
                if (Unsafe.SizeOf<TRows>() > 1)
                {
                    x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref a1, i)));
                    c10 = TDot.MulAdd(c10, x, b0);
                    c11 = TDot.MulAdd(c11, x, b1);
                }
                if (Unsafe.SizeOf<TRows>() > 2)
                {
                    x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref a2, i)));
                    c20 = TDot.MulAdd(c20, x, b0);
                    c21 = TDot.MulAdd(c21, x, b1);
                }
                if (Unsafe.SizeOf<TRows>() > 3)
                {
                    x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref a3, i)));
                    c30 = TDot.MulAdd(c30, x, b0);
                    c31 = TDot.MulAdd(c31, x, b1);
                }
                if (Unsafe.SizeOf<TRows>() > 4)
                {
                    x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref a4, i)));
                    c40 = TDot.MulAdd(c40, x, b0);
                    c41 = TDot.MulAdd(c41, x, b1);
                }
                if (Unsafe.SizeOf<TRows>() > 5)
                {
                    x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref a5, i)));
                    c50 = TDot.MulAdd(c50, x, b0);
                    c51 = TDot.MulAdd(c51, x, b1);
                }
                b = ref Unsafe.Add(ref b, 2 * bytes);
                i += sizeof(int);
            }
            while (i < end);
        }
        ref int sums = ref t.Sums;
        Store(c00, c01, ref sums, 0);
        if (Unsafe.SizeOf<TRows>() > 1) Store(c10, c11, ref sums, 1);
        if (Unsafe.SizeOf<TRows>() > 2) Store(c20, c21, ref sums, 2);
        if (Unsafe.SizeOf<TRows>() > 3) Store(c30, c31, ref sums, 3);
        if (Unsafe.SizeOf<TRows>() > 4) Store(c40, c41, ref sums, 4);
        if (Unsafe.SizeOf<TRows>() > 5) Store(c50, c51, ref sums, 5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<I>(I low, I high, ref int sums, nuint row) where I : unmanaged, ISimd<I, int>
    {
        nuint n = (nuint)I.Count, at = 2 * n * row;
        I.Store(low, ref sums, at);
        I.Store(high, ref sums, at + n);
    }
}
