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
        // In bounds: at most Count elements of at most four bytes fit the buffer; the caller answers for the source.
        ref TIn from = ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset);
        Unsafe.CopyBlockUnaligned(ref bytes, in Unsafe.As<TIn, byte>(ref from), (uint)(count * Unsafe.SizeOf<TIn>()));
        return TLanes.LoadWiden(ref Unsafe.As<byte, TIn>(ref bytes), 0);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes, and no byte more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(I v, ref TOut origin, nuint offset, int count)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        I buffer = default;
        ref byte bytes = ref Unsafe.As<I, byte>(ref buffer);
        TLanes.StoreNarrow(v, ref Unsafe.As<byte, TOut>(ref bytes), 0);
        // In bounds: as above, the other way.
        ref TOut to = ref Unsafe.Add(ref origin, offset);
        Unsafe.CopyBlockUnaligned(ref Unsafe.As<TOut, byte>(ref to), in bytes, (uint)(count * Unsafe.SizeOf<TOut>()));
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
        S buffer = default;
        ref byte from = ref Unsafe.As<S, byte>(ref buffer);
        L.StoreNarrow(v, ref Unsafe.As<byte, TOut>(ref from), 0);
        // In bounds: less than Count elements of at most two bytes, in pieces of a power of two that add up to them.
        ref byte to = ref Unsafe.As<TOut, byte>(ref Unsafe.Add(ref origin, offset));
        nuint bytes = (nuint)(count * Unsafe.SizeOf<TOut>()), at = 0;
        for (; bytes - at >= sizeof(long); at += sizeof(long))
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref from, at)));
        }
        if ((bytes & 4) != 0)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref from, at)));
            at += 4;
        }
        if ((bytes & 2) != 0)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), Unsafe.ReadUnaligned<short>(ref Unsafe.Add(ref from, at)));
            at += 2;
        }
        if ((bytes & 1) != 0) Unsafe.Add(ref to, at) = Unsafe.Add(ref from, at);
    }
}
