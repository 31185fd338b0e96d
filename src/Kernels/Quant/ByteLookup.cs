using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// A table of 256 bytes applied to whole vectors: sixteen tables of sixteen, of which each lane takes the byte at its low four bits. A lane meets
/// the tables of its half in turn, its index falling by 16 until it is negative and picks nothing; what it has picked adds up, by exclusive or, to
/// the entry of the last, since each table holds the change from the one before.
/// </summary>
internal static class ByteLookup
{
    private const int RowLength = 16, Rows = 16, RowsOfHalf = 8;

    /// <summary>output[i] = table[input[i]] for as many elements from the first on as make whole vectors; returns how many. Both may be one span.</summary>
    public static int Apply(ReadOnlySpan<byte> input, ReadOnlySpan<byte> table, Span<byte> output)
    {
        if (Isa.Current == VectorWidth.V512) return Run<ByteTable512, V512<byte>>(input, table, output);
        if (Isa.Current == VectorWidth.V256) return Run<ByteTable256, V256<byte>>(input, table, output);
        return Isa.Current == VectorWidth.V128 ? Run<ByteTable128, V128<byte>>(input, table, output) : 0;
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static int Run<TTable, B>(ReadOnlySpan<byte> input, ReadOnlySpan<byte> table, Span<byte> output)
        where TTable : struct, IByteTable<B>
        where B : unmanaged, ISimd<B, byte>
    {
        Lengths.MustMatch(Lookup.Count, table.Length);
        Lengths.MustMatch(input.Length, output.Length);
        // Making the tables takes about as long as looking up this many bytes one by one.
        if (input.Length < 2 * B.Count || input.Length < Lookup.Count / 2) return 0;
        Span<B> changes = stackalloc B[Rows];
        for (int row = 0; row < Rows; row++)
        {
            changes[row] = TTable.Repeat(table.Slice(row * RowLength, RowLength));
            if (row % RowsOfHalf != 0) changes[row] ^= TTable.Repeat(table.Slice((row - 1) * RowLength, RowLength));
        }
        ref byte from = ref MemoryMarshal.GetReference(input);
        ref byte to = ref MemoryMarshal.GetReference(output);
        ref B first = ref MemoryMarshal.GetReference(changes);
        nuint i = 0, step = (nuint)B.Count, length = (nuint)input.Length;
        B half = B.Splat(0x80);
        // In bounds: i + 2 * step <= length, which both spans have.
        for (; i + (2 * step) <= length; i += 2 * step)
        {
            B x = B.Load(ref from, i), y = B.Load(ref from, i + step);
            B xHigh = x ^ half, yHigh = y ^ half;
            B xSum = default, ySum = default;
            Rise<TTable, B>(ref first, 0, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 1, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 2, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 3, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 4, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 5, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 6, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            Rise<TTable, B>(ref first, 7, ref x, ref xHigh, ref xSum, ref y, ref yHigh, ref ySum);
            B.Store(xSum, ref to, i);
            B.Store(ySum, ref to, i + step);
        }
        return (int)i;
    }

    // In bounds: row + RowsOfHalf < Rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rise<TTable, B>(ref B changes, nuint row, ref B x, ref B xHigh, ref B xSum, ref B y, ref B yHigh, ref B ySum)
        where TTable : struct, IByteTable<B>
        where B : unmanaged, ISimd<B, byte>
    {
        B low = Unsafe.Add(ref changes, row), high = Unsafe.Add(ref changes, row + RowsOfHalf);
        xSum ^= TTable.Pick(low, x) ^ TTable.Pick(high, xHigh);
        ySum ^= TTable.Pick(low, y) ^ TTable.Pick(high, yHigh);
        x = TTable.Less16(x);
        y = TTable.Less16(y);
        xHigh = TTable.Less16(xHigh);
        yHigh = TTable.Less16(yHigh);
    }
}
