using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Parts of vectors by the masks of AVX-512: no byte that a mask leaves out is touched. Bounds are the caller's.</summary>
internal static class MaskedBytes
{
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512BW.VL.IsSupported;
    }

    /// <summary>Reads <paramref name="count"/> bytes, at most 64; the others are those of <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<byte> Load(ref byte from, int count, Vector512<byte> fill)
    {
        fixed (byte* at = &from) return Avx512BW.MaskLoad(at, Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)count)), fill);
    }

    /// <summary>Writes the first <paramref name="count"/> bytes, at most 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector512<byte> v, ref byte to, int count)
    {
        fixed (byte* at = &to) Avx512BW.MaskStore(at, Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)count)), v);
    }

    /// <summary>Writes the first <paramref name="count"/> bytes, at most 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector128<byte> v, ref byte to, int count)
    {
        fixed (byte* at = &to) Avx512BW.VL.MaskStore(at, Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)count)), v);
    }

    /// <summary>Writes the first <paramref name="count"/> bytes, at most 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector256<byte> v, ref byte to, int count)
    {
        fixed (byte* at = &to) Avx512BW.VL.MaskStore(at, Vector256.LessThan(Vector256<byte>.Indices, Vector256.Create((byte)count)), v);
    }
}
