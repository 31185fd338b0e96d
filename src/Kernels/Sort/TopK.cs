using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

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
    public static void Run<T>(ReadOnlySpan<T> row, Span<int> best) where T : unmanaged, IBinaryNumber<T>
    {
        if (best.IsEmpty) return;
        // A heap with the last of the best at its root: what comes before that replaces it.
        for (int i = 0; i < best.Length; i++) best[i] = i;
        for (int i = best.Length / 2 - 1; i >= 0; i--) Sink(row, best, i);
        int done = Isa.Filled<T>(row.Length - best.Length) switch
        {
            VectorWidth.V512 => Offer<T, V512<T>>(row, best),
            VectorWidth.V256 => Offer<T, V256<T>>(row, best),
            VectorWidth.V128 => Offer<T, V128<T>>(row, best),
            _ => best.Length,
        };
        Offer(row, best, done, row.Length);
        for (int n = best.Length - 1; n > 0; n--)
        {
            (best[0], best[n]) = (best[n], best[0]);
            Sink(row, best[..n], 0);
        }
    }

    private static void Offer<T>(ReadOnlySpan<T> row, Span<int> heap, int begin, int end) where T : unmanaged, IBinaryNumber<T>
    {
        for (int i = begin; i < end; i++)
        {
            if (!Precedes(row, i, heap[0])) continue;
            heap[0] = i;
            Sink(row, heap, 0);
        }
    }

    /// <summary>Whole vectors of what follows the heap; those that hold nothing greater than its root are passed over. Returns where they end.</summary>
    [MethodImpl(Jit.Loop)]
    private static int Offer<T, V>(ReadOnlySpan<T> row, Span<int> heap)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        int i = heap.Length;
        V root = V.Splat(row[heap[0]]);
        bool isNaN = T.IsNaN(row[heap[0]]);
        // In bounds: i + Count <= the row's length.
        for (; i + V.Count <= row.Length; i += V.Count)
        {
            if (!isNaN && V.IsZero(V.Less(root, V.Load(ref MemoryMarshal.GetReference(row), (nuint)i)))) continue;
            Offer(row, heap, i, i + V.Count);
            root = V.Splat(row[heap[0]]);
            isNaN = T.IsNaN(row[heap[0]]);
        }
        return i;
    }

    private static void Sink<T>(ReadOnlySpan<T> row, Span<int> heap, int at) where T : unmanaged, IBinaryNumber<T>
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

    private static bool Precedes<T>(ReadOnlySpan<T> row, int a, int b) where T : unmanaged, IBinaryNumber<T>
    {
        T x = row[a], y = row[b];
        if (x > y) return true;
        if (x < y) return false;
        bool xIsNaN = T.IsNaN(x), yIsNaN = T.IsNaN(y);
        return xIsNaN == yIsNaN ? a < b : yIsNaN;
    }
}
