// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// The register tile: <c>TRows</c> rows by <c>TVectors</c> (1 or 2) vectors of columns. Every sum runs over k in ascending order, whatever
/// the shape of the tile, so that its bits do not depend on it. Bounds are the caller's.
/// </summary>
internal static class FloatTile
{
    /// <summary>Rows of the tallest tile.</summary>
    public const int RowsMax = 12;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, O, TSum, TRows, TVectors>(in FloatTileArguments t)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        V bias0 = O.Load(ref t.Bias, 0), bias1 = Unsafe.SizeOf<TVectors>() > 1 ? O.Load(ref t.Bias, (nuint)O.Count) : default;
        V first0 = TSum.BeginsWithBias ? bias0 : default, first1 = TSum.BeginsWithBias ? bias1 : default;
        V c00 = first0, c01 = first1, c10 = first0, c11 = first1, c20 = first0, c21 = first1, c30 = first0, c31 = first1;
        V c40 = first0, c41 = first1, c50 = first0, c51 = first1, c60 = first0, c61 = first1, c70 = first0, c71 = first1;
        V c80 = first0, c81 = first1, c90 = first0, c91 = first1, c100 = first0, c101 = first1, c110 = first0, c111 = first1;
        nint strideB = t.StrideB, at = 0;
        for (int part = 0; part < t.Parts; part++)
        {
            ref float a = ref t.A, b = ref t.B;
            ref readonly RowStarts starts = ref t.Starts;
            nint i = 0, end = t.SecondLength;
            if (part < t.SegmentCount)
            {
                i = Unsafe.Add(ref t.Segments, part);
                end = i + t.SegmentLength;
            }
            else
            {
                a = ref t.SecondA;
                b = ref t.SecondB;
                starts = ref t.SecondStarts;
                at = 0;
            }
            ref float a0 = ref Unsafe.Add(ref a, starts.At(0));
            ref float a1 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 1 ? starts.At(1) : 0);
            ref float a2 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 2 ? starts.At(2) : 0);
            ref float a3 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 3 ? starts.At(3) : 0);
            ref float a4 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 4 ? starts.At(4) : 0);
            ref float a5 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 5 ? starts.At(5) : 0);
            ref float a6 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 6 ? starts.At(6) : 0);
            ref float a7 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 7 ? starts.At(7) : 0);
            ref float a8 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 8 ? starts.At(8) : 0);
            ref float a9 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 9 ? starts.At(9) : 0);
            ref float a10 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 10 ? starts.At(10) : 0);
            ref float a11 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 11 ? starts.At(11) : 0);
            do
            {
                V b0 = O.Load(ref b, (nuint)at), b1 = Unsafe.SizeOf<TVectors>() > 1 ? O.Load(ref b, (nuint)at + (nuint)O.Count) : default;
                V x = O.Splat(Unsafe.Add(ref a0, i));
                c00 = TSum.Add<V, O>(x, b0, c00);
                if (Unsafe.SizeOf<TVectors>() > 1) c01 = TSum.Add<V, O>(x, b1, c01);
                if (Unsafe.SizeOf<TRows>() > 1)
                {
                    x = O.Splat(Unsafe.Add(ref a1, i));
                    c10 = TSum.Add<V, O>(x, b0, c10);
                    if (Unsafe.SizeOf<TVectors>() > 1) c11 = TSum.Add<V, O>(x, b1, c11);
                }
                if (Unsafe.SizeOf<TRows>() > 2)
                {
                    x = O.Splat(Unsafe.Add(ref a2, i));
                    c20 = TSum.Add<V, O>(x, b0, c20);
                    if (Unsafe.SizeOf<TVectors>() > 1) c21 = TSum.Add<V, O>(x, b1, c21);
                }
                if (Unsafe.SizeOf<TRows>() > 3)
                {
                    x = O.Splat(Unsafe.Add(ref a3, i));
                    c30 = TSum.Add<V, O>(x, b0, c30);
                    if (Unsafe.SizeOf<TVectors>() > 1) c31 = TSum.Add<V, O>(x, b1, c31);
                }
                if (Unsafe.SizeOf<TRows>() > 4)
                {
                    x = O.Splat(Unsafe.Add(ref a4, i));
                    c40 = TSum.Add<V, O>(x, b0, c40);
                    if (Unsafe.SizeOf<TVectors>() > 1) c41 = TSum.Add<V, O>(x, b1, c41);
                }
                if (Unsafe.SizeOf<TRows>() > 5)
                {
                    x = O.Splat(Unsafe.Add(ref a5, i));
                    c50 = TSum.Add<V, O>(x, b0, c50);
                    if (Unsafe.SizeOf<TVectors>() > 1) c51 = TSum.Add<V, O>(x, b1, c51);
                }
                if (Unsafe.SizeOf<TRows>() > 6)
                {
                    x = O.Splat(Unsafe.Add(ref a6, i));
                    c60 = TSum.Add<V, O>(x, b0, c60);
                    if (Unsafe.SizeOf<TVectors>() > 1) c61 = TSum.Add<V, O>(x, b1, c61);
                }
                if (Unsafe.SizeOf<TRows>() > 7)
                {
                    x = O.Splat(Unsafe.Add(ref a7, i));
                    c70 = TSum.Add<V, O>(x, b0, c70);
                    if (Unsafe.SizeOf<TVectors>() > 1) c71 = TSum.Add<V, O>(x, b1, c71);
                }
                if (Unsafe.SizeOf<TRows>() > 8)
                {
                    x = O.Splat(Unsafe.Add(ref a8, i));
                    c80 = TSum.Add<V, O>(x, b0, c80);
                    if (Unsafe.SizeOf<TVectors>() > 1) c81 = TSum.Add<V, O>(x, b1, c81);
                }
                if (Unsafe.SizeOf<TRows>() > 9)
                {
                    x = O.Splat(Unsafe.Add(ref a9, i));
                    c90 = TSum.Add<V, O>(x, b0, c90);
                    if (Unsafe.SizeOf<TVectors>() > 1) c91 = TSum.Add<V, O>(x, b1, c91);
                }
                if (Unsafe.SizeOf<TRows>() > 10)
                {
                    x = O.Splat(Unsafe.Add(ref a10, i));
                    c100 = TSum.Add<V, O>(x, b0, c100);
                    if (Unsafe.SizeOf<TVectors>() > 1) c101 = TSum.Add<V, O>(x, b1, c101);
                }
                if (Unsafe.SizeOf<TRows>() > 11)
                {
                    x = O.Splat(Unsafe.Add(ref a11, i));
                    c110 = TSum.Add<V, O>(x, b0, c110);
                    if (Unsafe.SizeOf<TVectors>() > 1) c111 = TSum.Add<V, O>(x, b1, c111);
                }
                at += strideB;
                i++;
            }
            while (i < end);
        }

        t.Finish<V, O, TSum, TVectors>(0, 0, c00, c01, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 1) t.Finish<V, O, TSum, TVectors>(1, 0, c10, c11, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 2) t.Finish<V, O, TSum, TVectors>(2, 0, c20, c21, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 3) t.Finish<V, O, TSum, TVectors>(3, 0, c30, c31, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 4) t.Finish<V, O, TSum, TVectors>(4, 0, c40, c41, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 5) t.Finish<V, O, TSum, TVectors>(5, 0, c50, c51, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 6) t.Finish<V, O, TSum, TVectors>(6, 0, c60, c61, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 7) t.Finish<V, O, TSum, TVectors>(7, 0, c70, c71, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 8) t.Finish<V, O, TSum, TVectors>(8, 0, c80, c81, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 9) t.Finish<V, O, TSum, TVectors>(9, 0, c90, c91, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 10) t.Finish<V, O, TSum, TVectors>(10, 0, c100, c101, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 11) t.Finish<V, O, TSum, TVectors>(11, 0, c110, c111, bias0, bias1);
    }
}
