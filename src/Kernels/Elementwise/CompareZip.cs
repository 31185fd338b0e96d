using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// output[i] = 1 where a comparison of a[i] and b[i] holds, else 0, with numpy's broadcasting: masks of lanes are narrowed to bytes. The output is
/// dense, and no operand.
/// </summary>
internal static class CompareZip
{
    /// <summary>Lanes of the widest vector of bytes: so often is an operand repeated that is one element.</summary>
    private const int LanesMax = 64;

    public static void Apply<TComparison, T>(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> output)
        where TComparison : struct, ILaneComparison
        where T : unmanaged, IBinaryNumber<T>
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int length = walk.Length;
        int lengthA = walk.Repeats(0) ? 1 : length, lengthB = walk.Repeats(1) ? 1 : length;
        Span<T> repeatedA = stackalloc T[LanesMax], repeatedB = stackalloc T[LanesMax];
        for (int start = 0; walk.Next(); start += length)
        {
            var runA = Run(a.Slice((int)walk.A, lengthA), repeatedA, length);
            var runB = Run(b.Slice((int)walk.B, lengthB), repeatedB, length);
            Row<TComparison, T>(runA, runB, output.Slice(start, length));
        }

        static ReadOnlySpan<T> Run(ReadOnlySpan<T> run, Span<T> repeated, int length)
        {
            if (run.Length == length) return run;
            repeated.Fill(run[0]);
            return repeated;
        }
    }

    // Operands that are shorter than the output, or as long and repeated all the same, hold one value.
    private static void Row<TComparison, T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> output)
        where TComparison : struct, ILaneComparison
        where T : unmanaged, IBinaryNumber<T>
    {
        var width = Isa.Filled<byte>(output.Length);
        int done = width switch
        {
            VectorWidth.V512 => Lanes<TComparison, T, V512<T>, V512<int>, V512<short>, V512<byte>>(a, b, 0, output),
            VectorWidth.V256 => Lanes<TComparison, T, V256<T>, V256<int>, V256<short>, V256<byte>>(a, b, 0, output),
            _ => 0,
        };
        if (width > VectorWidth.Scalar) done = Lanes<TComparison, T, V128<T>, V128<int>, V128<short>, V128<byte>>(a, b, done, output);
        for (int i = done; i < output.Length; i++)
        {
            Scalar<T> x = new(a[a.Length == output.Length ? i : 0]), y = new(b[b.Length == output.Length ? i : 0]);
            output[i] = Scalar<T>.IsZero(TComparison.Test<Scalar<T>, T>(x, y)) ? (byte)0 : (byte)1;
        }
    }

    /// <summary>
    /// One width, chosen by the caller: whole vectors of bytes from <paramref name="i"/> on; returns where they end. An operand of another length
    /// than the output's is one value, repeated as often as there are lanes.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static int Lanes<TComparison, T, V, I, H, B>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int i, Span<byte> output)
        where TComparison : struct, ILaneComparison
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
        where I : unmanaged, ISimd<I, int>
        where H : unmanaged, ISimd<H, short>
        where B : unmanaged, ISimd<B, byte>
    {
        nint stepA = a.Length == output.Length ? 1 : 0, stepB = b.Length == output.Length ? 1 : 0;
        Lengths.MustReach(V.Count, Math.Min(stepA == 0 ? a.Length : V.Count, stepB == 0 ? b.Length : V.Count));
        B one = B.Splat(1);
        // In bounds: Count bytes from i on lie in the output, and as many elements in operands that are as long.
        for (; i + B.Count <= output.Length; i += B.Count)
        {
            ref T x = ref Unsafe.Add(ref MemoryMarshal.GetReference(a), i * stepA), y = ref Unsafe.Add(ref MemoryMarshal.GetReference(b), i * stepB);
            B mask;
            if (Unsafe.SizeOf<T>() == 1) mask = As<V, B>(Mask(ref x, ref y, 0, stepA, stepB));
            else if (Unsafe.SizeOf<T>() == 2) mask = B.Even(As<V, B>(Mask(ref x, ref y, 0, stepA, stepB)), As<V, B>(Mask(ref x, ref y, 1, stepA, stepB)));
            else mask = B.Even(As<H, B>(Halves(ref x, ref y, 0, stepA, stepB)), As<H, B>(Halves(ref x, ref y, 1, stepA, stepB)));
            B.Store(mask & one, ref MemoryMarshal.GetReference(output), (nuint)i);
        }
        return i;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static H Halves(ref T x, ref T y, int n, nint stepA, nint stepB) =>
            H.Even(As<I, H>(Words(ref x, ref y, 2 * n, stepA, stepB)), As<I, H>(Words(ref x, ref y, (2 * n) + 1, stepA, stepB)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static I Words(ref T x, ref T y, int n, nint stepA, nint stepB) => Unsafe.SizeOf<T>() == 4
            ? As<V, I>(Mask(ref x, ref y, n, stepA, stepB))
            : I.Even(As<V, I>(Mask(ref x, ref y, 2 * n, stepA, stepB)), As<V, I>(Mask(ref x, ref y, (2 * n) + 1, stepA, stepB)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V Mask(ref T x, ref T y, int n, nint stepA, nint stepB) =>
            TComparison.Test<V, T>(V.Load(ref x, (nuint)(n * V.Count * stepA)), V.Load(ref y, (nuint)(n * V.Count * stepB)));

        // All of one width.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TTo As<TFrom, TTo>(TFrom v) where TFrom : unmanaged where TTo : unmanaged => Unsafe.BitCast<TFrom, TTo>(v);
    }
}
