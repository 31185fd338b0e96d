using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Graft.Schema;

/// <summary>Converts little-endian elements on a big-endian machine.</summary>
internal static class ByteOrder
{
    /// <summary>A copy of <paramref name="elements"/> with the bytes of each element in the opposite order.</summary>
    public static ReadOnlySpan<T> Reverse<T>(ReadOnlySpan<T> elements) where T : unmanaged
    {
        T[] copy = elements.ToArray();
        Span<byte> bytes = MemoryMarshal.AsBytes(copy.AsSpan());
        for (int at = 0; at < bytes.Length; at += Unsafe.SizeOf<T>())
            bytes.Slice(at, Unsafe.SizeOf<T>()).Reverse();
        return copy;
    }
}
