namespace Graft.Kernels.Move;

/// <summary>
/// Elements of 4 or 2 bits, stored from the low bits of each byte upwards, as one byte each and back.
/// </summary>
internal static class PackedBits
{
    /// <summary>output[i] = element i of the packed input, its bits as they are (no sign extension).</summary>
    public static void Unpack(ReadOnlySpan<byte> input, int bits, Span<byte> output)
    {
        int perByte = 8 / bits, mask = (1 << bits) - 1;
        Elementwise.Lengths.MustReach((output.Length + perByte - 1) / perByte, input.Length);
        for (int i = 0; i < output.Length; i++) output[i] = (byte)(input[i / perByte] >> (i % perByte * bits) & mask);
    }

    /// <summary>The inverse; bits of the last byte beyond the last element become 0.</summary>
    public static void Pack(ReadOnlySpan<byte> input, int bits, Span<byte> output)
    {
        int perByte = 8 / bits, mask = (1 << bits) - 1;
        Elementwise.Lengths.MustReach((input.Length + perByte - 1) / perByte, output.Length);
        output.Clear();
        for (int i = 0; i < input.Length; i++) output[i / perByte] |= (byte)((input[i] & mask) << (i % perByte * bits));
    }
}
