using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;

namespace Graft.Kernels.Quant;

/// <summary>Between reals and integers of 4 or 2 bits, stored several to a byte, a block at a time.</summary>
internal static class PackedQuantize
{
    // A multiple of the elements of a byte.
    private const int BlockLength = 256;

    /// <summary>As <see cref="Affine.Quantize"/>, clamped to [low, high], for elements of <paramref name="bits"/> bits.</summary>
    public static void Quantize(ReadOnlySpan<float> input, AffineScale scale, int bits, int low, int high, Span<byte> output)
    {
        Span<short> wide = stackalloc short[BlockLength];
        Span<byte> narrow = stackalloc byte[BlockLength];
        for (int start = 0; start < input.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, input.Length - start);
            Affine.Quantize(input.Slice(start, length), scale.Scale, scale.ZeroPoint, wide[..length]);
            for (int i = 0; i < length; i++) narrow[i] = (byte)Math.Clamp((int)wide[i], low, high);
            PackedBits.Pack(narrow[..length], bits, output.Slice(start * bits / 8, (length * bits + 7) / 8));
        }
    }

    /// <summary>Unpacks elements [start, start + output.Length), with or without sign; start is a multiple of a byte's elements.</summary>
    public static void Unpack(ReadOnlySpan<byte> input, int bits, bool isSigned, int start, Span<sbyte> output)
    {
        PackedBits.Unpack(input[(start * bits / 8)..], bits, System.Runtime.InteropServices.MemoryMarshal.AsBytes(output));
        if (!isSigned) return;
        int sign = 1 << (bits - 1);
        for (int i = 0; i < output.Length; i++) output[i] = (sbyte)((output[i] ^ sign) - sign);
    }
}
