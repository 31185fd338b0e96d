namespace Graft.Kernels.Detection;

/// <summary>Which of two items is further from the top of a heap.</summary>
internal interface IHeapOrder<T>
{
    public bool IsBelow(in T a, in T b);
}

/// <summary>
/// A heap in a span, its top first. Items of equal rank leave in the order in which the C++ standard library of the reference hands them
/// out: a hole sinks to a leaf, to the right where both are equal, before the last item rises into it.
/// </summary>
internal static class BinaryHeap
{
    /// <summary>Takes in the last item of the span.</summary>
    public static void Push<T, TOrder>(Span<T> heap, TOrder order) where TOrder : struct, IHeapOrder<T> =>
        Rise(heap, heap.Length - 1, 0, heap[^1], order);

    /// <summary>Moves the top to the end of the span; the items before it are a heap.</summary>
    public static void Pop<T, TOrder>(Span<T> heap, TOrder order) where TOrder : struct, IHeapOrder<T>
    {
        if (heap.Length < 2) return;
        var last = heap[^1];
        heap[^1] = heap[0];
        Sink(heap[..^1], 0, last, order);
    }

    /// <summary>Makes a heap of any items.</summary>
    public static void Build<T, TOrder>(Span<T> items, TOrder order) where TOrder : struct, IHeapOrder<T>
    {
        for (int parent = items.Length / 2 - 1; parent >= 0; parent--) Sink(items, parent, items[parent], order);
    }

    /// <summary>Puts an item at a place, whose children are heaps.</summary>
    public static void Sink<T, TOrder>(Span<T> heap, int hole, T item, TOrder order) where TOrder : struct, IHeapOrder<T>
    {
        int top = hole, child = hole;
        while (child < (heap.Length - 1) / 2)
        {
            child = 2 * child + 2;
            if (order.IsBelow(heap[child], heap[child - 1])) child--;
            heap[hole] = heap[child];
            hole = child;
        }
        if (heap.Length % 2 == 0 && child == (heap.Length - 2) / 2)
        {
            child = 2 * child + 1;
            heap[hole] = heap[child];
            hole = child;
        }
        Rise(heap, hole, top, item, order);
    }

    private static void Rise<T, TOrder>(Span<T> heap, int hole, int top, T item, TOrder order) where TOrder : struct, IHeapOrder<T>
    {
        while (hole > top && order.IsBelow(heap[(hole - 1) / 2], item))
        {
            heap[hole] = heap[(hole - 1) / 2];
            hole = (hole - 1) / 2;
        }
        heap[hole] = item;
    }
}
