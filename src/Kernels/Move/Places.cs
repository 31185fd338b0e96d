namespace Graft.Kernels.Move;

/// <summary>Single places of an axis of <c>depth</c> positions, <c>inner</c> elements each.</summary>
internal static class Places
{
    /// <summary>
    /// target[o, index, n] = value for each index, of which there are inner for each o; the first one is number <paramref name="start"/>. An
    /// index outside the axis sets nothing.
    /// </summary>
    public static void Set<T>(Span<T> target, ReadOnlySpan<long> indices, int start, int depth, int inner, T value)
    {
        if (inner == 1)
        {
            int at = start * depth;
            foreach (long index in indices)
            {
                if ((ulong)index < (ulong)depth) target[at + (int)index] = value;
                at += depth;
            }
            return;
        }
        int row = start / inner * depth, n = start % inner;
        foreach (long index in indices)
        {
            if ((ulong)index < (ulong)depth) target[((row + (int)index) * inner) + n] = value;
            if (++n < inner) continue;
            n = 0;
            row += depth;
        }
    }
}
