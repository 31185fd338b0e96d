using System.Numerics;

namespace Graft.Kernels.Embedding;

/// <summary>
/// output[i] = float32(q[first + i]) * scale, rounded to the output's type; q are signed elements of 8, 4 or 2 bits,
/// low bits first.
/// </summary>
internal static class DequantizeRow
{
    public static void Run<T>(ReadOnlySpan<byte> packed, int bits, long first, float scale, Span<T> output)
        where T : unmanaged, INumberBase<T>
    {
        if (bits == 8)
        {
            var row = packed.Slice(checked((int)first), output.Length);
            for (int i = 0; i < output.Length; i++) output[i] = T.CreateTruncating((sbyte)row[i] * scale);
            return;
        }
        int perByte = 8 / bits;
        for (int i = 0; i < output.Length; i++)
        {
            long at = first + i;
            int shift = 8 - bits - (int)(at % perByte) * bits;
            int q = (sbyte)(packed[(int)(at / perByte)] << shift) >> (8 - bits);
            output[i] = T.CreateTruncating(q * scale);
        }
    }
}
