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
        int passes = StripBytes / Unsafe.SizeOf<T>() / V.Count;
        ref T from = ref MemoryMarshal.GetReference(row);
        if (passes == 1) return TOp.Fold(Pass<TOp, T, V>(ref from, 0, row.Length, start));
        if (passes == 2)
        {
            V low = Pass<TOp, T, V>(ref from, 0, row.Length, start), high = Pass<TOp, T, V>(ref from, V.Count, row.Length, start);
            return TOp.Fold(TOp.Combine(high, low));
        }
        Span<V> partial = stackalloc V[passes];
        for (int pass = 0; pass < passes; pass++)
            partial[pass] = Pass<TOp, T, V>(ref from, pass * V.Count, row.Length, start);
        for (int half = passes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) partial[i] = TOp.Combine(partial[i + half], partial[i]);
        }
        return TOp.Fold(partial[0]);
    }

    // The lanes from `shift` on of each of the four strips of a block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Pass<TOp, T, V>(ref T from, int shift, int length, T start)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        int strip = StripBytes / Unsafe.SizeOf<T>();
        V identity = V.Splat(start);
        V a = identity, b = identity, c = identity, d = identity;
        int i = shift;
        // In bounds: a whole block of four strips from i - shift on lies below length.
        for (int block = 0; block + (Strips * strip) <= length; block += Strips * strip, i += Strips * strip)
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
