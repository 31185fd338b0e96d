// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// The register tile for few rows: 1 row by 4 panels, or 2 or 3 rows by 2 panels, each of two vectors, so that enough sums are under way to
/// hide the latency of one, and memory is read in several streams. Sums are those of <see cref="FloatTile"/>. Bounds are the caller's.
/// </summary>
internal static class FloatWideTile
{
    public const int PanelsMax = 4;

    /// <summary>Panels that a tile of so many rows takes at once.</summary>
    public static int Panels(int rows) => rows == 1 ? PanelsMax : rows <= 3 ? 2 : 1;

    /// <param name="t">Rows, the first panel, its columns of C.</param>
    /// <param name="panelStep">Elements from one panel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, O, TSum, TRows>(in FloatTileArguments t, nint panelStep)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TRows : struct, ICount
    {
        nuint lanes = (nuint)O.Count;
        V bias0 = O.Load(ref t.Bias, 0), bias1 = O.Load(ref t.Bias, lanes), bias2 = O.Load(ref t.Bias, 2 * lanes), bias3 = O.Load(ref t.Bias, 3 * lanes);
        V bias4 = Unsafe.SizeOf<TRows>() == 1 ? O.Load(ref t.Bias, 4 * lanes) : default, bias5 = Unsafe.SizeOf<TRows>() == 1 ? O.Load(ref t.Bias, 5 * lanes) : default;
        V bias6 = Unsafe.SizeOf<TRows>() == 1 ? O.Load(ref t.Bias, 6 * lanes) : default, bias7 = Unsafe.SizeOf<TRows>() == 1 ? O.Load(ref t.Bias, 7 * lanes) : default;
        bool begins = TSum.BeginsWithBias;
        V c00 = begins ? bias0 : default, c01 = begins ? bias1 : default, c02 = begins ? bias2 : default, c03 = begins ? bias3 : default;
        V c04 = begins ? bias4 : default, c05 = begins ? bias5 : default, c06 = begins ? bias6 : default, c07 = begins ? bias7 : default;
        V c10 = c00, c11 = c01, c12 = c02, c13 = c03, c20 = c00, c21 = c01, c22 = c02, c23 = c03;
        nint strideB = t.StrideB, at = 0;
        for (int part = 0; part < t.Parts; part++)
        {
            ref float a = ref t.A, b = ref t.B;
            ref readonly RowStarts starts = ref t.Starts;
            nint step = panelStep, i = 0, end = t.SecondLength;
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
                (at, step) = (0, end * strideB);
            }
            ref float a0 = ref Unsafe.Add(ref a, starts.At(0));
            ref float a1 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 1 ? starts.At(1) : 0);
            ref float a2 = ref Unsafe.Add(ref a, Unsafe.SizeOf<TRows>() > 2 ? starts.At(2) : 0);
            ref float p0 = ref b, p1 = ref Unsafe.Add(ref p0, step), p2 = ref Unsafe.Add(ref p1, step), p3 = ref Unsafe.Add(ref p2, step);
            do
            {
                V b0 = O.Load(ref p0, (nuint)at), b1 = O.Load(ref p0, (nuint)at + lanes);
                V b2 = O.Load(ref p1, (nuint)at), b3 = O.Load(ref p1, (nuint)at + lanes);
                V x = O.Splat(Unsafe.Add(ref a0, i));
                c00 = TSum.Add<V, O>(x, b0, c00);
                c01 = TSum.Add<V, O>(x, b1, c01);
                c02 = TSum.Add<V, O>(x, b2, c02);
                c03 = TSum.Add<V, O>(x, b3, c03);
                if (Unsafe.SizeOf<TRows>() == 1)
                {
                    c04 = TSum.Add<V, O>(x, O.Load(ref p2, (nuint)at), c04);
                    c05 = TSum.Add<V, O>(x, O.Load(ref p2, (nuint)at + lanes), c05);
                    c06 = TSum.Add<V, O>(x, O.Load(ref p3, (nuint)at), c06);
                    c07 = TSum.Add<V, O>(x, O.Load(ref p3, (nuint)at + lanes), c07);
                }
                if (Unsafe.SizeOf<TRows>() > 1)
                {
                    x = O.Splat(Unsafe.Add(ref a1, i));
                    c10 = TSum.Add<V, O>(x, b0, c10);
                    c11 = TSum.Add<V, O>(x, b1, c11);
                    c12 = TSum.Add<V, O>(x, b2, c12);
                    c13 = TSum.Add<V, O>(x, b3, c13);
                }
                if (Unsafe.SizeOf<TRows>() > 2)
                {
                    x = O.Splat(Unsafe.Add(ref a2, i));
                    c20 = TSum.Add<V, O>(x, b0, c20);
                    c21 = TSum.Add<V, O>(x, b1, c21);
                    c22 = TSum.Add<V, O>(x, b2, c22);
                    c23 = TSum.Add<V, O>(x, b3, c23);
                }
                at += strideB;
                i++;
            }
            while (i < end);
        }
        t.Finish<V, O, TSum, N2>(0, 0, c00, c01, bias0, bias1);
        t.Finish<V, O, TSum, N2>(0, 2 * (nint)lanes, c02, c03, bias2, bias3);
        if (Unsafe.SizeOf<TRows>() == 1) t.Finish<V, O, TSum, N2>(0, 4 * (nint)lanes, c04, c05, bias4, bias5);
        if (Unsafe.SizeOf<TRows>() == 1) t.Finish<V, O, TSum, N2>(0, 6 * (nint)lanes, c06, c07, bias6, bias7);
        if (Unsafe.SizeOf<TRows>() > 1) t.Finish<V, O, TSum, N2>(1, 0, c10, c11, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 1) t.Finish<V, O, TSum, N2>(1, 2 * (nint)lanes, c12, c13, bias2, bias3);
        if (Unsafe.SizeOf<TRows>() > 2) t.Finish<V, O, TSum, N2>(2, 0, c20, c21, bias0, bias1);
        if (Unsafe.SizeOf<TRows>() > 2) t.Finish<V, O, TSum, N2>(2, 2 * (nint)lanes, c22, c23, bias2, bias3);
    }
}
