namespace Graft.Kernels;

/// <summary>Integers of 4 and 2 bits, stored from the low bits of each byte upward.</summary>
internal static class PackedIntegers
{
    /// <summary>Sign-extends <paramref name="output"/>.Length elements of <paramref name="bits"/> (2 or 4) bits.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int bits, Span<sbyte> output)
    {
        int perByte = 8 / bits, up = 8 - bits;
        for (int i = 0; i < output.Length; i++)
        {
            int raw = packed[i / perByte] >> (i % perByte * bits);
            output[i] = (sbyte)((sbyte)(raw << up) >> up);
        }
    }

    /// <summary>Stores elements of <paramref name="bits"/> (2 or 4) bits; the output is zero before.</summary>
    public static void Pack(ReadOnlySpan<sbyte> values, int bits, Span<byte> output)
    {
        int perByte = 8 / bits, mask = (1 << bits) - 1;
        for (int i = 0; i < values.Length; i++) output[i / perByte] |= (byte)((values[i] & mask) << (i % perByte * bits));
    }
}
