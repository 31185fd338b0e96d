using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Scan;

/// <summary>Running sums along one axis.</summary>
internal static class CumulativeSum
{
    /// <summary>
    /// On (outer, depth, inner): each output is the sum, in order, of the inputs before it along depth, itself included unless
    /// <paramref name="isExclusive"/>; from the end when <paramref name="isReverse"/>. Integers wrap.
    /// </summary>
    public static void Apply<T>(ReadOnlySpan<T> input, int depth, int inner, bool isExclusive, bool isReverse, Span<T> output)
        where T : unmanaged, IBinaryNumber<T>
    {
        int block = depth * inner, first = isReverse ? block - inner : 0, step = isReverse ? -inner : inner;
        for (int start = 0; block > 0 && start < input.Length; start += block)
        {
            var from = input.Slice(start, block);
            var to = output.Slice(start, block);
            int column = Isa.Filled<T>(inner) switch
            {
                VectorWidth.V512 => Columns<T, V512<T>>(from, to, depth, first, step, isExclusive),
                VectorWidth.V256 => Columns<T, V256<T>>(from, to, depth, first, step, isExclusive),
                VectorWidth.V128 => Columns<T, V128<T>>(from, to, depth, first, step, isExclusive),
                _ => 0,
            };
            for (; column < inner; column++) Column(from[column..], to[column..], depth, first, step, isExclusive);
        }
    }

    /// <summary>One width, chosen by the caller: as many columns as fill vectors, whose number is returned.</summary>
    [MethodImpl(Jit.Loop)]
    public static int Columns<T, V>(ReadOnlySpan<T> from, Span<T> to, int depth, int first, int step, bool isExclusive)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        int inner = Math.Abs(step), column = 0;
        Lengths.MustReach((long)depth * inner, Math.Min(from.Length, to.Length));
        for (; column + V.Count <= inner; column += V.Count)
        {
            // In bounds: Count columns from this one on, in rows below depth.
            ref T source = ref Unsafe.Add(ref MemoryMarshal.GetReference(from), first + column);
            ref T target = ref Unsafe.Add(ref MemoryMarshal.GetReference(to), first + column);
            V total = isExclusive ? default : V.Load(ref source, 0);
            V.Store(total, ref target, 0);
            for (int d = 1; d < depth; d++)
            {
                ref T next = ref Unsafe.Add(ref source, step);
                total += V.Load(ref isExclusive ? ref source : ref next, 0);
                source = ref next;
                target = ref Unsafe.Add(ref target, step);
                V.Store(total, ref target, 0);
            }
        }
        return column;
    }

    private static void Column<T>(ReadOnlySpan<T> from, Span<T> to, int depth, int at, int step, bool isExclusive) where T : unmanaged, INumber<T>
    {
        T total = isExclusive ? T.Zero : from[at];
        to[at] = total;
        for (int d = 1; d < depth; d++, at += step)
        {
            total += from[isExclusive ? at : at + step];
            to[at + step] = total;
        }
    }
}
