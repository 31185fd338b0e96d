using System.Numerics;

namespace Graft.Kernels.Move;

/// <summary>Rows addressed by tuples of indices: tuple n names the row at sum(index[n, d] * strides[d]).</summary>
internal static class IndexTuples
{
    /// <summary>The row that a tuple names, or -1 when one of its indices is outside its dimension.</summary>
    public static long Row<TIndex>(ReadOnlySpan<TIndex> tuple, ReadOnlySpan<int> dimensions, ReadOnlySpan<long> strides)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        long row = 0;
        for (int d = 0; d < tuple.Length; d++)
        {
            long index = long.CreateTruncating(tuple[d]);
            if ((ulong)index >= (ulong)dimensions[d]) return -1;
            row += index * strides[d];
        }
        return row;
    }

    /// <summary>
    /// target[n] = source row of tuple n, for n in [begin, end). Returns the number of a tuple out of range, or -1.
    /// </summary>
    public static int Gather<TIndex>(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<TIndex> tuples,
        ReadOnlySpan<int> dimensions, ReadOnlySpan<long> strides, int rowBytes, int begin, int end)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (int n = begin; n < end; n++)
        {
            long row = Row(tuples.Slice(n * dimensions.Length, dimensions.Length), dimensions, strides);
            if (row < 0) return n;
            source.Slice((int)(row * rowBytes), rowBytes).CopyTo(target[(n * rowBytes)..]);
        }
        return -1;
    }

    /// <summary>
    /// target row of tuple n += updates[n], in order, integers wrapping. Returns the number of a tuple out of range, or
    /// -1.
    /// </summary>
    public static int Scatter<T, TSum, TIndex>(ReadOnlySpan<T> updates, Span<T> target, ReadOnlySpan<TIndex> tuples,
        ReadOnlySpan<int> dimensions, ReadOnlySpan<long> strides, int rowLength, int count)
        where T : unmanaged
        where TSum : struct, IElementSum<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (int n = 0; n < count; n++)
        {
            long row = Row(tuples.Slice(n * dimensions.Length, dimensions.Length), dimensions, strides);
            if (row < 0) return n;
            var to = target.Slice((int)(row * rowLength), rowLength);
            var from = updates.Slice(n * rowLength, rowLength);
            for (int i = 0; i < to.Length; i++) to[i] = TSum.Add(to[i], from[i]);
        }
        return -1;
    }
}

/// <summary>How elements that meet in one place are added.</summary>
internal interface IElementSum<T>
{
    public static abstract T Add(T a, T b);
}

/// <summary>a + b; integers wrap.</summary>
internal readonly struct NumberSum<T> : IElementSum<T> where T : unmanaged, INumber<T>
{
    public static T Add(T a, T b) => unchecked(a + b);
}

/// <summary>The sum of booleans: true if either is.</summary>
internal readonly struct BooleanSum : IElementSum<byte>
{
    public static byte Add(byte a, byte b) => (byte)(a | b);
}
