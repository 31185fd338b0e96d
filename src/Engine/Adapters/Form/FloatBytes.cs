using System.Runtime.InteropServices;
using Graft.Safetensors;

namespace Graft.Adapters.Form;

/// <summary>Little-endian numbers of a file as floats; the bytes need not be aligned.</summary>
internal static class FloatBytes
{
    public static float[] Single(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    /// <summary>The elements of a float32 tensor, straight from where they are.</summary>
    public static float[] Single(SafetensorsTensor tensor)
    {
        float[] values = GC.AllocateUninitializedArray<float>(checked((int)(tensor.ByteCount / sizeof(float))));
        tensor.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public static float[] Half(ReadOnlySpan<byte> bytes) => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), v => (float)v);

    /// <summary>bfloat16: the upper half of a float.</summary>
    public static float[] Brain(ReadOnlySpan<byte> bytes) =>
        Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), v => BitConverter.UInt32BitsToSingle((uint)v << 16));

    /// <summary>The nearest bfloat16, ties to even.</summary>
    public static ushort ToBrain(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static float RoundedToBrain(float value) => BitConverter.UInt32BitsToSingle((uint)ToBrain(value) << 16);

    public static float[] Double(ReadOnlySpan<byte> bytes) => Array.ConvertAll(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), v => (float)v);
}
