using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>A reduction to one of its elements, which tells where one replaces another.</summary>
internal interface IExtreme<T> : IReduction<T> where T : unmanaged, IBinaryNumber<T>
{
    /// <summary>The lanes in which a value is beyond the current one; every number is beyond NaN.</summary>
    public static abstract V Beats<V>(V value, V current) where V : unmanaged, ISimd<V, T>;
}

/// <summary>The first index of the extreme element of each column of (length, inner), for as many columns at once as there are lanes.</summary>
internal static class ArgColumns
{
    public static void Apply<TOp, T, TIndex>(ReadOnlySpan<T> input, int length, int inner, Span<TIndex> output)
        where TOp : struct, IExtreme<T>
        where T : unmanaged, IBinaryNumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        switch (Isa.Filled<T>(inner))
        {
            case VectorWidth.V512: Run<TOp, T, V512<T>, TIndex>(input, length, inner, output); break;
            case VectorWidth.V256: Run<TOp, T, V256<T>, TIndex>(input, length, inner, output); break;
            case VectorWidth.V128: Run<TOp, T, V128<T>, TIndex>(input, length, inner, output); break;
            default: OneByOne<TOp, T, TIndex>(input, inner, 1, length, inner, output); break;
        }
    }

    /// <summary>One width, chosen by the caller; there are at least as many columns as lanes.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TOp, T, V, TIndex>(ReadOnlySpan<T> input, int length, int inner, Span<TIndex> output)
        where TOp : struct, IExtreme<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Lengths.MustReach((long)length * inner, input.Length);
        Lengths.MustReach(inner, output.Length);
        Lengths.MustReach(V.Count, inner);
        // Lanes count to what their bits hold; then the indices are written, and they begin again.
        int counts = Unsafe.SizeOf<T>() < sizeof(int) ? 1 << (8 * Unsafe.SizeOf<T>()) : int.MaxValue;
        T bit = default;
        // In bounds: the first byte of a local.
        Unsafe.As<T, byte>(ref bit) = 1;
        V one = V.Splat(bit);
        for (int done = 0; done < inner; done += V.Count)
        {
            int column = Math.Min(done, inner - V.Count);
            // In bounds: Count columns from this one on, in rows below length.
            ref T from = ref Unsafe.Add(ref MemoryMarshal.GetReference(input), column);
            V extreme = V.Load(ref from, 0), changed = ~default(V);
            for (int begin = 0; begin < length; begin += Math.Min(counts, length - begin))
            {
                int end = (int)Math.Min(length, (long)begin + counts);
                V index = default, number = default;
                for (int k = begin; k < end; k++)
                {
                    V value = V.Load(ref from, (nuint)k * (nuint)inner), beats = TOp.Beats(value, extreme);
                    extreme = V.Select(beats, value, extreme);
                    index = V.Select(beats, number, index);
                    changed |= beats;
                    number = V.AddBits(number, one);
                }
                Write<T, V, TIndex>(changed, index, begin, output.Slice(column, V.Count));
                changed = default;
            }
        }
    }

    /// <summary>Without lanes: of <paramref name="count"/> runs of elements that begin <paramref name="step"/> apart, and whose elements are <paramref name="stride"/> apart.</summary>
    [MethodImpl(Jit.Loop)]
    public static void OneByOne<TOp, T, TIndex>(ReadOnlySpan<T> input, int count, int step, int length, int stride, Span<TIndex> output)
        where TOp : struct, IExtreme<T>
        where T : unmanaged, IBinaryNumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        if (count == 0) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Lengths.MustReach((count - 1L) * step + (length - 1L) * stride + 1, input.Length);
        Lengths.MustReach(count, output.Length);
        ref T from = ref MemoryMarshal.GetReference(input);
        // In bounds: as checked.
        for (int i = 0; i < count; i++, from = ref Unsafe.Add(ref from, step))
        {
            int best = 0;
            var extreme = new Scalar<T>(from);
            for (int k = 1; k < length; k++)
            {
                var value = new Scalar<T>(Unsafe.Add(ref from, (nint)k * stride));
                if (Scalar<T>.IsZero(TOp.Beats(value, extreme))) continue;
                extreme = value;
                best = k;
            }
            output[i] = TIndex.CreateTruncating(best);
        }
    }

    // The bits of each changed lane count from the beginning.
    private static void Write<T, V, TIndex>(V changed, V index, int begin, Span<TIndex> output)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        // In bounds: Count elements of local vectors.
        ref T lanes = ref Unsafe.As<V, T>(ref index), mask = ref Unsafe.As<V, T>(ref changed);
        for (int i = 0; i < output.Length; i++)
        {
            if (Bits(Unsafe.Add(ref mask, i)) != 0) output[i] = TIndex.CreateTruncating(begin + Bits(Unsafe.Add(ref lanes, i)));
        }
    }

    private static long Bits<T>(T lane) where T : unmanaged => Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.BitCast<T, byte>(lane),
        2 => Unsafe.BitCast<T, ushort>(lane),
        4 => Unsafe.BitCast<T, uint>(lane),
        _ => Unsafe.BitCast<T, long>(lane),
    };
}
