using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Graft.Kernels.Simd;

/// <summary>Copies fewer bytes than the widest vector has, in pieces of a power of two: a call of the runtime's copy costs more than the work.</summary>
internal static class Pieces
{
    /// <summary>Copies <paramref name="count"/> elements, fewer than 64 bytes; the caller answers for the bounds of both sides.</summary>
    // In bounds: the pieces are the binary digits of the number of bytes, which add up to it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy<T>(ref readonly T from, ref T to, int count) where T : unmanaged
    {
        ref byte source = ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in from)), target = ref Unsafe.As<T, byte>(ref to);
        nuint bytes = (nuint)(count * Unsafe.SizeOf<T>()), at = 0;
        if ((bytes & 32) != 0)
        {
            Vector256.LoadUnsafe(ref source, at).StoreUnsafe(ref target, at);
            at += 32;
        }
        if ((bytes & 16) != 0)
        {
            Vector128.LoadUnsafe(ref source, at).StoreUnsafe(ref target, at);
            at += 16;
        }
        if (Unsafe.SizeOf<T>() < 16 && (bytes & 8) != 0) at += Piece<long>(ref source, ref target, at);
        if (Unsafe.SizeOf<T>() < 8 && (bytes & 4) != 0) at += Piece<int>(ref source, ref target, at);
        if (Unsafe.SizeOf<T>() < 4 && (bytes & 2) != 0) at += Piece<short>(ref source, ref target, at);
        if (Unsafe.SizeOf<T>() < 2 && (bytes & 1) != 0) Piece<byte>(ref source, ref target, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Piece<TPiece>(ref byte source, ref byte target, nuint at) where TPiece : unmanaged
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, at), Unsafe.ReadUnaligned<TPiece>(ref Unsafe.Add(ref source, at)));
        return (nuint)Unsafe.SizeOf<TPiece>();
    }
}
