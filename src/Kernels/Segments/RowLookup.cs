namespace Graft.Kernels.Segments;

/// <summary>Rows found by key.</summary>
internal static class RowLookup
{
    /// <summary>
    /// Copies to each row of <paramref name="output"/> the row of <paramref name="values"/> whose key equals <c>wanted[i]</c> and sets
    /// the hit to 1; zeros and 0 where there is none. Keys ascend; there is at least one.
    /// </summary>
    public static void Copy(ReadOnlySpan<int> wanted, ReadOnlySpan<int> keys, ReadOnlySpan<byte> values, Span<byte> output, Span<byte> hits)
    {
        int rowBytes = values.Length / keys.Length;
        for (int i = 0; i < wanted.Length; i++)
        {
            var target = output.Slice(i * rowBytes, rowBytes);
            int row = keys.BinarySearch(wanted[i]);
            hits[i] = row >= 0 ? (byte)1 : (byte)0;
            if (row >= 0) values.Slice(row * rowBytes, rowBytes).CopyTo(target);
            else target.Clear();
        }
    }
}
