using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// One row reduced to one element. The order is fixed by the row's length alone: 256 bytes of virtual lanes, each
/// taking every 256th byte's element, then halving. So a row gives the same bits at every width, and whatever rows
/// surround it.
/// </summary>
internal static class Row
{
    private const int StripBytes = 64;
    private const int Strips = 4;

    /// <summary>Whole blocks that stay in the first cache from pass to pass.</summary>
    private const int ChunkBytes = 16 << 10;

    public static T Reduce<TOp, T>(ReadOnlySpan<T> row)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T> => Reduce<TOp, T>(row, TOp.Identity);

    /// <summary>Lanes without an element hold <paramref name="start"/>, which must not change a result.</summary>
    public static T Reduce<TOp, T>(ReadOnlySpan<T> row, T start)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        if (Isa.Current == VectorWidth.V512) return Run<TOp, T, V512<T>>(row, start);
        if (Isa.Current == VectorWidth.V256) return Run<TOp, T, V256<T>>(row, start);
        if (Isa.Current == VectorWidth.V128) return Run<TOp, T, V128<T>>(row, start);
        return Run<TOp, T, Scalar<T>>(row, start);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static T Run<TOp, T, V>(ReadOnlySpan<T> row, T start)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        int passes = StripBytes / Unsafe.SizeOf<V>();
        ref T from = ref MemoryMarshal.GetReference(row);
        V identity = V.Splat(start);
        if (passes > 1 && row.Length * Unsafe.SizeOf<T>() > ChunkBytes) return Chunks<TOp, T, V>(ref from, row.Length, identity, passes);
        // Sizes are constant to the compiler before it looks at calls: what is not taken of the three ways costs it no time.
        if (Unsafe.SizeOf<V>() == StripBytes) return TOp.Fold(Pass<TOp, T, V>(ref from, 0, 0, row.Length, identity, identity, identity, identity, identity));
        if (Unsafe.SizeOf<V>() == StripBytes / 2)
        {
            V low = Pass<TOp, T, V>(ref from, 0, 0, row.Length, identity, identity, identity, identity, identity);
            V high = Pass<TOp, T, V>(ref from, 0, V.Count, row.Length, identity, identity, identity, identity, identity);
            return TOp.Fold(TOp.Combine(high, low));
        }
        Span<V> partial = stackalloc V[passes];
        for (int pass = 0; pass < passes; pass++)
            partial[pass] = Pass<TOp, T, V>(ref from, 0, pass * V.Count, row.Length, identity, identity, identity, identity, identity);
        return Halve<TOp, T, V>(partial);
    }

    /// <summary>A long row, chunk after chunk through all passes: it comes from memory once.</summary>
    [MethodImpl(Jit.Loop)]
    private static T Chunks<TOp, T, V>(ref T from, int length, V identity, int passes)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        int strip = StripBytes / Unsafe.SizeOf<T>(), chunk = ChunkBytes / Unsafe.SizeOf<T>(), begin = 0;
        Span<V> sums = stackalloc V[Strips * passes], partial = stackalloc V[passes];
        sums.Fill(identity);
        for (; begin + chunk <= length; begin += chunk)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                ref V state = ref sums[Strips * pass];
                V a = state, b = Unsafe.Add(ref state, 1), c = Unsafe.Add(ref state, 2), d = Unsafe.Add(ref state, 3);
                ref T at = ref Unsafe.Add(ref from, begin + pass * V.Count);
                // In bounds: the chunk, of whole blocks, lies below length.
                for (int block = 0; block < chunk; block += Strips * strip)
                {
                    a = TOp.Combine(V.Load(ref at, (nuint)block), a);
                    b = TOp.Combine(V.Load(ref at, (nuint)(block + strip)), b);
                    c = TOp.Combine(V.Load(ref at, (nuint)(block + (2 * strip))), c);
                    d = TOp.Combine(V.Load(ref at, (nuint)(block + (3 * strip))), d);
                }
                (state, Unsafe.Add(ref state, 1), Unsafe.Add(ref state, 2), Unsafe.Add(ref state, 3)) = (a, b, c, d);
            }
        }
        for (int pass = 0; pass < passes; pass++)
        {
            var s = sums[(Strips * pass)..];
            partial[pass] = Pass<TOp, T, V>(ref from, begin, pass * V.Count, length, identity, s[0], s[1], s[2], s[3]);
        }
        return Halve<TOp, T, V>(partial);
    }

    private static T Halve<TOp, T, V>(Span<V> partial)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        for (int half = partial.Length / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) partial[i] = TOp.Combine(partial[i + half], partial[i]);
        }
        return TOp.Fold(partial[0]);
    }

    // The lanes from `shift` on of each of the four strips of a block, from `begin` on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Pass<TOp, T, V>(ref T from, int begin, int shift, int length, V identity, V a, V b, V c, V d)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        int strip = StripBytes / Unsafe.SizeOf<T>();
        int i = begin + shift;
        // In bounds: a whole block of four strips from i - shift on lies below length.
        for (int block = begin; block + (Strips * strip) <= length; block += Strips * strip, i += Strips * strip)
        {
            a = TOp.Combine(V.Load(ref from, (nuint)i), a);
            b = TOp.Combine(V.Load(ref from, (nuint)(i + strip)), b);
            c = TOp.Combine(V.Load(ref from, (nuint)(i + (2 * strip))), c);
            d = TOp.Combine(V.Load(ref from, (nuint)(i + (3 * strip))), d);
        }
        if (i < length) a = TOp.Combine(Rest(ref from, i, length, identity), a);
        if (i + strip < length) b = TOp.Combine(Rest(ref from, i + strip, length, identity), b);
        if (i + (2 * strip) < length) c = TOp.Combine(Rest(ref from, i + (2 * strip), length, identity), c);
        if (i + (3 * strip) < length) d = TOp.Combine(Rest(ref from, i + (3 * strip), length, identity), d);
        return TOp.Combine(TOp.Combine(d, b), TOp.Combine(c, a));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V Rest(ref T from, int at, int length, V identity) =>
            // In bounds: at least one element, and no more than reach the row's end.
            length - at >= V.Count
                ? V.Load(ref from, (nuint)at)
                : V.LoadPartial(ref from, (nuint)at, length - at, identity);
    }
}
