namespace Graft.Kernels.Move;

/// <summary>output[i] = table[input[i]] for a table of 256 bytes.</summary>
internal static class ByteTable
{
    public static void Map(ReadOnlySpan<byte> table, ReadOnlySpan<byte> input, Span<byte> output)
    {
        table = table[..256];
        output = output[..input.Length];
        for (int i = 0; i < input.Length; i++) output[i] = table[input[i]];
    }
}
