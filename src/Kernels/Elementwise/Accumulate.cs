using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>The value itself.</summary>
internal readonly struct ReplaceFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V value, V total) where V : unmanaged, ISimd<V, T> => value;
}

/// <summary>The bits of both.</summary>
internal readonly struct OrFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V value, V total) where V : unmanaged, ISimd<V, T> => value | total;
}

/// <summary>Joins rows of values, one after the other, into rows of totals: total[i] = fn(value[i], total[i]).</summary>
internal static class Accumulate
{
    /// <summary>
    /// Row n of the values, of <paramref name="length"/> elements, goes into the row <c>rows[n]</c> of the totals; it is left out where that is
    /// negative.
    /// </summary>
    public static void Rows<TFn, T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows, int length, Span<T> totals)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        switch (Isa.Filled<T>(length))
        {
            case VectorWidth.V512: Run<TFn, T, V512<T>>(values, rows, length, totals); break;
            case VectorWidth.V256: Run<TFn, T, V256<T>>(values, rows, length, totals); break;
            case VectorWidth.V128: Run<TFn, T, V128<T>>(values, rows, length, totals); break;
            default: Run<TFn, T, Scalar<T>>(values, rows, length, totals); break;
        }
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TFn, T, V>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows, int length, Span<T> totals)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        Lengths.MustReach((long)rows.Length * length, values.Length);
        ref T from = ref MemoryMarshal.GetReference(values);
        foreach (int row in rows)
        {
            if (row >= 0)
            {
                Lengths.MustReach((row + 1L) * length, totals.Length);
                // In bounds: i + Count <= length of a row that both spans hold; then single elements below it.
                ref T to = ref Unsafe.Add(ref MemoryMarshal.GetReference(totals), (nint)row * length);
                nuint i = 0;
                for (; i + (nuint)V.Count <= (nuint)length; i += (nuint)V.Count) V.Store(TFn.Apply(V.Load(ref from, i), V.Load(ref to, i)), ref to, i);
                for (; i < (nuint)length; i++) Scalar<T>.Store(TFn.Apply(Scalar<T>.Load(ref from, i), Scalar<T>.Load(ref to, i)), ref to, i);
            }
            from = ref Unsafe.Add(ref from, length);
        }
    }
}
