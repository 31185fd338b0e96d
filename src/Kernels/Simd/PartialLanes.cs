using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>Widening loads and narrowing stores of fewer elements than lanes, through a buffer of one vector.</summary>
internal static class PartialLanes<TLanes, F, I>
    where TLanes : unmanaged, ILanes<F, I>
    where F : unmanaged, ISimd<F, float>
    where I : unmanaged, ISimd<I, int>
{
    /// <summary>Reads <paramref name="count"/> elements; the other lanes are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I LoadWiden<TIn>(ref readonly TIn origin, nuint offset, int count)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        I buffer = default;
        ref byte bytes = ref Unsafe.As<I, byte>(ref buffer);
        // In bounds: fewer than Count elements of at most four bytes fit the buffer; the caller answers for the source.
        Pieces.Copy(in Unsafe.Add(ref Unsafe.AsRef(in origin), offset), ref Unsafe.As<byte, TIn>(ref bytes), count);
        return TLanes.LoadWiden(ref Unsafe.As<byte, TIn>(ref bytes), 0);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes, and no byte more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(I v, ref TOut origin, nuint offset, int count)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        if (typeof(I) == typeof(V512<int>) && Unsafe.SizeOf<TOut>() == 1 && MaskedBytes.IsSupported)
        {
            MaskedBytes.Store(Lanes512.Bytes<TOut>(Unsafe.BitCast<I, V512<int>>(v)), ref Unsafe.As<TOut, byte>(ref Unsafe.Add(ref origin, offset)), count);
            return;
        }
        I buffer = default;
        ref byte bytes = ref Unsafe.As<I, byte>(ref buffer);
        TLanes.StoreNarrow(v, ref Unsafe.As<byte, TOut>(ref bytes), 0);
        // In bounds: as above, the other way.
        Pieces.Copy(in Unsafe.As<byte, TOut>(ref bytes), ref Unsafe.Add(ref origin, offset), count);
    }
}

/// <summary>Narrowing stores of fewer elements than 16-bit lanes.</summary>
internal static class PartialShorts<L, I, S>
    where L : unmanaged, IShortLanes<I, S>
    where I : unmanaged, ISimd<I, int>
    where S : unmanaged, ISimd<S, short>
{
    /// <summary>Writes the first <paramref name="count"/> lanes as <see cref="IShortLanes{I, S}.StoreNarrow"/> does, and no byte more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(S v, ref TOut origin, nuint offset, int count)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        if (typeof(S) == typeof(V512<short>) && Unsafe.SizeOf<TOut>() == 1 && MaskedBytes.IsSupported)
        {
            MaskedBytes.Store(Lanes512.Bytes<TOut>(Unsafe.BitCast<S, V512<short>>(v)), ref Unsafe.As<TOut, byte>(ref Unsafe.Add(ref origin, offset)), count);
            return;
        }
        S buffer = default;
        ref byte from = ref Unsafe.As<S, byte>(ref buffer);
        L.StoreNarrow(v, ref Unsafe.As<byte, TOut>(ref from), 0);
        // In bounds: fewer than Count elements of at most two bytes.
        Pieces.Copy(in Unsafe.As<byte, TOut>(ref from), ref Unsafe.Add(ref origin, offset), count);
    }
}
