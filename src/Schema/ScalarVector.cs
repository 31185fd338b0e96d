using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace Graft.Schema;

/// <summary>Writes scalars where the builder's own methods lose something.</summary>
internal static class ScalarVector
{
    /// <summary>Writes a vector whose first element lies at a multiple of <paramref name="align"/> bytes.</summary>
    public static int Write<T>(FlatBufferBuilder builder, T[]? values, int align) where T : unmanaged
    {
        if (values is null)
            return 0;
        ReadOnlySpan<T> elements = BitConverter.IsLittleEndian ? values : ByteOrder.Reverse<T>(values);
        byte[] bytes = values as byte[] ?? MemoryMarshal.AsBytes(elements).ToArray();
        builder.StartVector(Unsafe.SizeOf<T>(), values.Length, align);
        builder.Add(bytes);
        return builder.EndVector().Value;
    }

    /// <summary>Null for the default, which is not stored. The builder itself takes -0 for 0.</summary>
    public static float? Unless(float value, float absent) =>
        BitConverter.SingleToInt32Bits(value) == BitConverter.SingleToInt32Bits(absent) ? null : value;
}
