using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Reduce;

namespace Graft.Kernels.Segments;

/// <summary>Joins rows by segment number.</summary>
internal static class SegmentReduce
{
    /// <summary>
    /// output (segments, inner): row s joins, in order, the rows i of <paramref name="data"/> (ids, inner) with <c>ids[i] == s</c>, from what
    /// an empty reduction gives. Rows with a negative number are left out; other numbers lie below the number of segments.
    /// </summary>
    public static void Apply<TOp, T>(ReadOnlySpan<T> data, ReadOnlySpan<int> ids, int inner, Span<T> output)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        output.Fill(TOp.Identity);
        Accumulate.Rows<CombineFn<TOp, T>, T>(data, ids, inner, output);
    }
}
