using Graft.Runtime;

namespace Graft.Planning;

/// <summary>
/// Places items in one block of memory so that items alive at the same step never overlap: largest first, each in the smallest gap
/// that fits among those placed already.
/// </summary>
internal static class ArenaPlanner
{
    /// <summary>An item of the arena, alive from step First to step Last, both included; no bytes means no item.</summary>
    internal readonly record struct Item(long ByteCount, int First, int Last);

    internal readonly record struct Result(long[] Offsets, long ByteCount, long LowerBound);

    /// <summary>Placing is quadratic in the number of items; beyond this, each gets memory of its own.</summary>
    private const int SharedItemsMax = 20_000;

    public static Result Place(ReadOnlySpan<Item> items)
    {
        var offsets = new long[items.Length];
        var order = new List<int>(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].ByteCount > 0) order.Add(i);
        }
        var sizes = new long[items.Length];
        foreach (int i in order) sizes[i] = Round(items[i].ByteCount);
        order.Sort((a, b) => sizes[a] != sizes[b] ? sizes[b].CompareTo(sizes[a]) : a.CompareTo(b));

        var placed = new List<int>(order.Count);
        long total = 0;
        foreach (int i in order)
        {
            offsets[i] = order.Count > SharedItemsMax ? total : Gap(items, sizes, offsets, placed, i);
            total = Math.Max(total, checked(offsets[i] + sizes[i]));
            if (order.Count <= SharedItemsMax) Insert(placed, offsets, i);
        }
        return new(offsets, total, LowerBound(items, sizes, order));
    }

    private static long Round(long bytes) => checked(bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    private static long Gap(ReadOnlySpan<Item> items, long[] sizes, long[] offsets, List<int> placed, int item)
    {
        long end = 0, best = -1, bestSize = long.MaxValue;
        foreach (int other in placed)
        {
            if (items[other].Last < items[item].First || items[other].First > items[item].Last) continue;
            long gap = offsets[other] - end;
            if (gap >= sizes[item] && gap < bestSize) (best, bestSize) = (end, gap);
            end = Math.Max(end, offsets[other] + sizes[other]);
        }
        return best >= 0 ? best : end;
    }

    private static void Insert(List<int> placed, long[] offsets, int item)
    {
        int low = 0, high = placed.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (offsets[placed[middle]] <= offsets[item]) low = middle + 1;
            else high = middle;
        }
        placed.Insert(low, item);
    }

    private static long LowerBound(ReadOnlySpan<Item> items, long[] sizes, List<int> order)
    {
        List<int> first = [.. order], last = [.. order];
        var (begins, ends) = (new int[items.Length], new int[items.Length]);
        foreach (int i in order) (begins[i], ends[i]) = (items[i].First, items[i].Last);
        first.Sort((a, b) => begins[a].CompareTo(begins[b]));
        last.Sort((a, b) => ends[a].CompareTo(ends[b]));
        long live = 0, most = 0;
        for (int i = 0, ended = 0; i < first.Count; i++)
        {
            while (ends[last[ended]] < begins[first[i]]) live -= sizes[last[ended++]];
            most = Math.Max(most, live += sizes[first[i]]);
        }
        return most;
    }
}
