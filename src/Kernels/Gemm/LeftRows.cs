namespace Graft.Kernels.Gemm;

/// <summary>
/// The left matrix of a product where it lies. Row r begins at r * stride, or at starts[r] where they are given. Its K elements are
/// consecutive, or runs of equal length that begin at given distances from the start of the row: so a convolution reads the image itself.
/// Elements are floats, or the bytes of integer factors.
/// </summary>
internal readonly ref struct LeftRows<T> where T : unmanaged
{
    public readonly ReadOnlySpan<T> Values;
    public readonly ReadOnlySpan<int> Starts;
    public readonly ReadOnlySpan<int> Segments;
    public readonly int Count, Stride, SegmentLength;

    /// <summary>Rows of <paramref name="k"/> consecutive elements.</summary>
    public LeftRows(ReadOnlySpan<T> values, int stride, int count, int k)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(count - 1) * stride + k, values.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        Values = values;
        (Stride, Count, SegmentLength) = (stride, count, k);
        Segments = s_zero;
    }

    /// <summary>Rows of segments; neither starts nor segments are negative.</summary>
    public LeftRows(ReadOnlySpan<T> values, ReadOnlySpan<int> starts, ReadOnlySpan<int> segments, int segmentLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Least(starts));
        ArgumentOutOfRangeException.ThrowIfNegative(Least(segments));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)Greatest(starts) + Greatest(segments) + segmentLength, values.Length);
        Values = values;
        Starts = starts;
        Segments = segments;
        (Count, SegmentLength) = (starts.Length, segmentLength);
    }

    public int K => Segments.Length * SegmentLength;

    public int Start(int row) => Starts.IsEmpty ? row * Stride : Starts[row];

    private static readonly int[] s_zero = [0];

    private static int Greatest(ReadOnlySpan<int> values)
    {
        int greatest = 0;
        foreach (int value in values) greatest = Math.Max(greatest, value);
        return greatest;
    }

    private static int Least(ReadOnlySpan<int> values)
    {
        int least = 0;
        foreach (int value in values) least = Math.Min(least, value);
        return least;
    }
}
