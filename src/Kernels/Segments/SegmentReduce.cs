using System.Numerics;

namespace Graft.Kernels.Segments;

/// <summary>Joins rows by segment number.</summary>
internal static class SegmentReduce
{
    /// <summary>
    /// output (segments, inner): row s joins, in order, the rows i of <paramref name="data"/> (ids, inner) with <c>ids[i] == s</c>. Rows
    /// with a negative number are left out; other numbers lie below the number of segments.
    /// </summary>
    public static void Apply<TFn, T>(ReadOnlySpan<T> data, ReadOnlySpan<int> ids, int inner, Span<T> output)
        where TFn : struct, ISegmentFn<T>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        output.Fill(TFn.Initial);
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0) continue;
            var row = data.Slice(i * inner, inner);
            var total = output.Slice(ids[i] * inner, inner);
            for (int j = 0; j < row.Length; j++) total[j] = TFn.Join(total[j], row[j]);
        }
    }
}
