using System.Numerics;

namespace Graft.Kernels.Sort;

/// <summary>
/// The largest elements of a row, in falling order; equal ones in the order of their positions, NaN after all numbers.
/// </summary>
internal static class TopK
{
    /// <summary>
    /// Fills <paramref name="best"/> with the positions of its length's many largest elements; at most the row's
    /// length.
    /// </summary>
    public static void Run<T>(ReadOnlySpan<T> row, Span<int> best) where T : unmanaged, INumber<T>
    {
        if (best.IsEmpty) return;
        // A heap with the last of the best at its root: what comes before that replaces it.
        for (int i = 0; i < best.Length; i++) best[i] = i;
        for (int i = best.Length / 2 - 1; i >= 0; i--) Sink(row, best, i);
        for (int i = best.Length; i < row.Length; i++)
        {
            if (!Precedes(row, i, best[0])) continue;
            best[0] = i;
            Sink(row, best, 0);
        }
        for (int n = best.Length - 1; n > 0; n--)
        {
            (best[0], best[n]) = (best[n], best[0]);
            Sink(row, best[..n], 0);
        }
    }

    private static void Sink<T>(ReadOnlySpan<T> row, Span<int> heap, int at) where T : unmanaged, INumber<T>
    {
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= heap.Length) return;
            if (child + 1 < heap.Length && Precedes(row, heap[child], heap[child + 1])) child++;
            if (!Precedes(row, heap[at], heap[child])) return;
            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }

    private static bool Precedes<T>(ReadOnlySpan<T> row, int a, int b) where T : unmanaged, INumber<T>
    {
        T x = row[a], y = row[b];
        if (x > y) return true;
        if (x < y) return false;
        bool xIsNaN = T.IsNaN(x), yIsNaN = T.IsNaN(y);
        return xIsNaN == yIsNaN ? a < b : yIsNaN;
    }
}
