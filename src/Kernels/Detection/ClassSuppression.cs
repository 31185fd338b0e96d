namespace Graft.Kernels.Detection;

/// <summary>Non-maximum suppression for the scores of one class, and the joining of several classes.</summary>
internal static class ClassSuppression
{
    /// <summary>
    /// The boxes with scores of at least <paramref name="scoreMin"/>, best first, without those that overlap a better one by more than
    /// <paramref name="overlapMax"/>: their number, their places at the front of <paramref name="kept"/>.
    /// </summary>
    /// <param name="kept">Room for all boxes.</param>
    public static int Select(ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores, float scoreMin, float overlapMax, int most, Span<ScoredItem> kept)
    {
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= scoreMin) kept[count++] = new(scores[i], i);
        }
        kept[..count].Sort(ScoredItem.Descending);
        int selected = 0;
        for (int i = 0; i < count && selected < most; i++)
        {
            bool isDropped = false;
            for (int j = 0; j < selected && !isDropped; j++) isDropped = Box.Overlap(boxes[kept[j].Index], boxes[kept[i].Index]) > overlapMax;
            if (!isDropped) kept[selected++] = kept[i];
        }
        return selected;
    }

    /// <summary>
    /// Moves the highest <paramref name="most"/> of the items to the front, descending; equal ones in the order of the reference's partial
    /// sort.
    /// </summary>
    public static void TopFirst(Span<ScoredItem> items, int most)
    {
        var order = default(ScoredItem.LowestFirst);
        var top = items[..most];
        BinaryHeap.Build(top, order);
        for (int i = most; i < items.Length; i++)
        {
            if (!order.IsBelow(items[i], top[0])) continue;
            var better = items[i];
            items[i] = top[0];
            BinaryHeap.Sink(top, 0, better, order);
        }
        for (int length = most; length > 1; length--) BinaryHeap.Pop(top[..length], order);
    }

    /// <summary>
    /// Merges descending <paramref name="added"/> into the first <paramref name="count"/>, descending, of <paramref name="merged"/>, which
    /// has room for both; of equals those that were there come first.
    /// </summary>
    public static void Merge(Span<ScoredItem> merged, int count, ReadOnlySpan<ScoredItem> added)
    {
        for (int at = count + added.Length - 1, left = added.Length; left > 0; at--)
        {
            bool isOld = count > 0 && added[left - 1].Score > merged[count - 1].Score;
            merged[at] = isOld ? merged[--count] : added[--left];
        }
    }
}
