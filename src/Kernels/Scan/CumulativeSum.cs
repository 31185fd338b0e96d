using System.Numerics;

namespace Graft.Kernels.Scan;

/// <summary>Running sums along one axis.</summary>
internal static class CumulativeSum
{
    /// <summary>
    /// On (outer, depth, inner): each output is the sum, in order, of the inputs before it along depth, itself included unless
    /// <paramref name="isExclusive"/>; from the end when <paramref name="isReverse"/>. Integers wrap.
    /// </summary>
    public static void Apply<T>(ReadOnlySpan<T> input, int depth, int inner, bool isExclusive, bool isReverse, Span<T> output)
        where T : unmanaged, INumber<T>
    {
        int block = depth * inner;
        for (int start = 0; block > 0 && start < input.Length; start += block)
        {
            var from = input.Slice(start, block);
            var to = output.Slice(start, block);
            for (int d = 0; d < depth; d++)
            {
                int at = (isReverse ? depth - 1 - d : d) * inner, before = isReverse ? at + inner : at - inner;
                Row(from, to, at, before, inner, isExclusive, d == 0);
            }
        }
    }

    private static void Row<T>(ReadOnlySpan<T> from, Span<T> to, int at, int before, int inner, bool isExclusive, bool isFirst)
        where T : unmanaged, INumber<T>
    {
        var total = to.Slice(at, inner);
        if (isFirst)
        {
            if (isExclusive) total.Clear();
            else from.Slice(at, inner).CopyTo(total);
            return;
        }
        var added = from.Slice(isExclusive ? before : at, inner);
        var last = to.Slice(before, inner);
        for (int j = 0; j < inner; j++) total[j] = last[j] + added[j];
    }
}
