using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Move;

/// <summary>Rows addressed by tuples of indices: tuple n names the row at sum(index[n, d] * strides[d]).</summary>
internal static class IndexTuples
{
    private const int RowsAtOnce = 64;

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
        where TIndex : unmanaged, IBinaryInteger<TIndex> => rowBytes switch
        {
            1 => GatherElements<byte, TIndex>(source, target, tuples, dimensions, strides, begin, end),
            2 => GatherElements<ushort, TIndex>(source, target, tuples, dimensions, strides, begin, end),
            4 => GatherElements<uint, TIndex>(source, target, tuples, dimensions, strides, begin, end),
            8 => GatherElements<ulong, TIndex>(source, target, tuples, dimensions, strides, begin, end),
            16 => GatherElements<UInt128, TIndex>(source, target, tuples, dimensions, strides, begin, end),
            _ => GatherRows(source, target, tuples, dimensions, strides, rowBytes, begin, end),
        };

    private static int GatherElements<T, TIndex>(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<TIndex> tuples,
        ReadOnlySpan<int> dimensions, ReadOnlySpan<long> strides, int begin, int end)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var from = MemoryMarshal.Cast<byte, T>(source);
        var to = MemoryMarshal.Cast<byte, T>(target);
        int depth = dimensions.Length, at = begin * depth;
        for (int n = begin; n < end; n++)
        {
            long row = 0;
            for (int d = 0; d < depth; d++)
            {
                long index = long.CreateTruncating(tuples[at++]);
                if ((ulong)index >= (ulong)dimensions[d]) return n;
                row += index * strides[d];
            }
            to[n] = from[(int)row];
        }
        return -1;
    }

    private static int GatherRows<TIndex>(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<TIndex> tuples,
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
    /// target row of tuple n = fn(updates[n], target row), in order. Returns the number of a tuple out of range, or
    /// -1.
    /// </summary>
    public static int Scatter<TFn, T, TIndex>(ReadOnlySpan<T> updates, Span<T> target, ReadOnlySpan<TIndex> tuples,
        ReadOnlySpan<int> dimensions, ReadOnlySpan<long> strides, int rowLength, int count)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Span<int> rows = stackalloc int[RowsAtOnce];
        for (int begin = 0; begin < count; begin += RowsAtOnce)
        {
            int known = 0, some = Math.Min(RowsAtOnce, count - begin);
            while (known < some && (rows[known] = (int)Row(tuples.Slice((begin + known) * dimensions.Length, dimensions.Length), dimensions, strides)) >= 0) known++;
            Accumulate.Rows<TFn, T>(updates.Slice(begin * rowLength, known * rowLength), rows[..known], rowLength, target);
            if (known < some) return begin + known;
        }
        return -1;
    }
}
