using System.Numerics;

namespace Graft.Kernels.Sort;

/// <summary>The stable order of keys, by merging: equal keys, and any that compare with nothing (NaN), keep their order where nothing forces another.</summary>
internal static class StableOrder
{
    /// <summary>Fills <paramref name="order"/> with the indices of the keys, smallest first, or largest first.</summary>
    /// <param name="spare">As many as the keys; overwritten.</param>
    public static void Find<T>(ReadOnlySpan<T> keys, bool largestFirst, Span<int> order, Span<int> spare) where T : INumber<T>
    {
        for (int i = 0; i < keys.Length; i++) order[i] = i;
        for (int run = 1; run < keys.Length; run *= 2)
        {
            for (int begin = 0; begin < keys.Length; begin += 2 * run)
            {
                int middle = Math.Min(begin + run, keys.Length), end = (int)Math.Min(begin + 2L * run, keys.Length);
                Merge(keys, largestFirst, order[begin..middle], order[middle..end], spare[begin..end]);
            }
            spare[..keys.Length].CopyTo(order);
            if (run > keys.Length / 2) break;
        }
    }

    private static void Merge<T>(ReadOnlySpan<T> keys, bool largestFirst, ReadOnlySpan<int> first, ReadOnlySpan<int> second, Span<int> merged) where T : INumber<T>
    {
        int a = 0, b = 0;
        for (int at = 0; at < merged.Length; at++)
        {
            bool takesSecond = a == first.Length
                || (b < second.Length && (largestFirst ? keys[second[b]] > keys[first[a]] : keys[second[b]] < keys[first[a]]));
            merged[at] = takesSecond ? second[b++] : first[a++];
        }
    }
}
