using System.Numerics;
using System.Runtime.InteropServices;

namespace Graft.Kernels.Move;

/// <summary>
/// target[o, i] = source[o, indices[o / outer, i]], rows of <c>rowBytes</c> bytes: o counts blocks of <c>axisLength</c>
/// source rows, <c>outer</c> of which share one list of indices.
/// </summary>
internal static class GatherRows
{
    /// <summary>
    /// Copies target rows [begin, end). Returns the position of an index outside [0, axisLength), or -1.
    /// </summary>
    public static int Run<TIndex>(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<TIndex> indices,
        int count, int outer, int axisLength, int rowBytes, int begin, int end)
        where TIndex : unmanaged, IBinaryInteger<TIndex> => rowBytes switch
        {
            1 => Elements<byte, TIndex>(source, target, indices, count, outer, axisLength, begin, end),
            2 => Elements<ushort, TIndex>(source, target, indices, count, outer, axisLength, begin, end),
            4 => Elements<uint, TIndex>(source, target, indices, count, outer, axisLength, begin, end),
            8 => Elements<ulong, TIndex>(source, target, indices, count, outer, axisLength, begin, end),
            _ => Rows(source, target, indices, count, outer, axisLength, rowBytes, begin, end),
        };

    private static int Rows<TIndex>(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<TIndex> indices,
        int count, int outer, int axisLength, int rowBytes, int begin, int end)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (int row = begin; row < end;)
        {
            int block = row / count, last = Math.Min((block + 1) * count, end);
            int shift = (block / outer * count) - (block * count);
            for (; row < last; row++)
            {
                long index = long.CreateTruncating(indices[row + shift]);
                if ((ulong)index >= (ulong)axisLength) return row + shift;
                int from = (int)(((long)block * axisLength + index) * rowBytes);
                source.Slice(from, rowBytes).CopyTo(target[(row * rowBytes)..]);
            }
        }
        return -1;
    }

    private static int Elements<T, TIndex>(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<TIndex> indices,
        int count, int outer, int axisLength, int begin, int end)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var from = MemoryMarshal.Cast<byte, T>(source);
        var to = MemoryMarshal.Cast<byte, T>(target);
        for (int row = begin; row < end;)
        {
            int block = row / count, last = Math.Min((block + 1) * count, end);
            int shift = (block / outer * count) - (block * count);
            var rows = from.Slice(block * axisLength, axisLength);
            for (; row < last; row++)
            {
                long index = long.CreateTruncating(indices[row + shift]);
                if ((ulong)index >= (ulong)axisLength) return row + shift;
                to[row] = rows[(int)index];
            }
        }
        return -1;
    }
}
