// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>The tile of integer products for one row: four panels of two vectors, which share the left factors. Bounds are the caller's.</summary>
internal static class IntWideTile
{
    public const int Panels = 4;

    /// <param name="t">The row, the first panel, and sums that lie side by side, which begin with what First holds likewise.</param>
    /// <param name="panelBytes">From one panel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<I, TDot>(in IntTileArguments t, nint panelBytes)
        where I : unmanaged, ISimd<I, int>
        where TDot : struct, IDot<I>
    {
        nuint n = (nuint)I.Count, bytes = n * (nuint)TDot.WordBytes, at = 0;
        ref int first = ref t.First;
        I c0 = I.Load(ref first, 0), c1 = I.Load(ref first, n), c2 = I.Load(ref first, 2 * n), c3 = I.Load(ref first, 3 * n);
        I c4 = I.Load(ref first, 4 * n), c5 = I.Load(ref first, 5 * n), c6 = I.Load(ref first, 6 * n), c7 = I.Load(ref first, 7 * n);
        ref byte left = ref Unsafe.Add(ref t.Left, t.Starts.At(0)), p0 = ref t.Right;
        ref byte p1 = ref Unsafe.Add(ref p0, panelBytes), p2 = ref Unsafe.Add(ref p1, panelBytes), p3 = ref Unsafe.Add(ref p2, panelBytes);
        for (int s = 0; s < t.SegmentCount; s++)
        {
            nint i = Unsafe.Add(ref t.Segments, s), end = i + t.SegmentBytes;
            do
            {
                I x = I.Splat(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref left, i)));
                c0 = TDot.MulAdd(c0, x, TDot.Load(ref p0, at));
                c1 = TDot.MulAdd(c1, x, TDot.Load(ref p0, at + bytes));
                c2 = TDot.MulAdd(c2, x, TDot.Load(ref p1, at));
                c3 = TDot.MulAdd(c3, x, TDot.Load(ref p1, at + bytes));
                c4 = TDot.MulAdd(c4, x, TDot.Load(ref p2, at));
                c5 = TDot.MulAdd(c5, x, TDot.Load(ref p2, at + bytes));
                c6 = TDot.MulAdd(c6, x, TDot.Load(ref p3, at));
                c7 = TDot.MulAdd(c7, x, TDot.Load(ref p3, at + bytes));
                at += 2 * bytes;
                i += sizeof(int);
            }
            while (i < end);
        }
        ref int sums = ref t.Sums;
        I.Store(c0, ref sums, 0);
        I.Store(c1, ref sums, n);
        I.Store(c2, ref sums, 2 * n);
        I.Store(c3, ref sums, 3 * n);
        I.Store(c4, ref sums, 4 * n);
        I.Store(c5, ref sums, 5 * n);
        I.Store(c6, ref sums, 6 * n);
        I.Store(c7, ref sums, 7 * n);
    }
}
