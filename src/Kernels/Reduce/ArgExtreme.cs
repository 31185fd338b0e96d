using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// ARG_MAX and ARG_MIN over one axis of (outer, length, inner): the first index of the extreme element. A NaN never
/// wins over a number; where all are NaN the index is 0.
/// </summary>
internal static class ArgExtreme
{
    /// <summary>Shorter rows are over before a reduction by vectors has begun.</summary>
    private const int RowLengthMin = 16;

    public static void Maximum<T, TIndex>(ReadOnlySpan<T> input, int outer, int length, int inner, Span<TIndex> output)
        where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> =>
        Run<MaximumOf<T>, T, TIndex>(input, outer, length, inner, output);

    public static void Minimum<T, TIndex>(ReadOnlySpan<T> input, int outer, int length, int inner, Span<TIndex> output)
        where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> =>
        Run<MinimumOf<T>, T, TIndex>(input, outer, length, inner, output);

    /// <summary>Whether vectors do the work: over rows, or over enough columns at once.</summary>
    public static bool HasLanes<T>(int length, int inner) where T : unmanaged => IsLongRow<T>(length, inner) || Isa.Filled<T>(inner) > VectorWidth.Scalar;

    private static bool IsLongRow<T>(int length, int inner) where T : unmanaged => inner == 1 && length >= RowLengthMin && Vector128<T>.IsSupported;

    private static void Run<TOp, T, TIndex>(ReadOnlySpan<T> input, int outer, int length, int inner, Span<TIndex> output)
        where TOp : struct, IExtreme<T>
        where T : unmanaged, IBinaryNumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Lengths.MustReach((long)outer * length * inner, input.Length);
        Lengths.MustReach((long)outer * inner, output.Length);
        bool isRow = IsLongRow<T>(length, inner);
        if (inner == 1 && !isRow)
        {
            ArgColumns.OneByOne<TOp, T, TIndex>(input, outer, length, length, 1, output);
            return;
        }
        for (int o = 0; o < outer; o++)
        {
            var block = input.Slice(o * length * inner, length * inner);
            if (isRow) output[o] = TIndex.CreateTruncating(OfRow<TOp, T>(block));
            else ArgColumns.Apply<TOp, T, TIndex>(block, length, inner, output.Slice(o * inner, inner));
        }
    }

    private static int OfRow<TOp, T>(ReadOnlySpan<T> row)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        int number = 0;
        while (number < row.Length && T.IsNaN(row[number])) number++;
        // Reductions keep what they have when a value is NaN.
        return number == row.Length ? 0 : First(row, Row.Reduce<TOp, T>(row, row[number]));
    }

    /// <summary>The first index of a value that the row holds; zeros of either sign are equal.</summary>
    private static int First<T>(ReadOnlySpan<T> row, T value) where T : unmanaged, IBinaryNumber<T>
    {
        if (Isa.Current == VectorWidth.V512) return First<T, V512<T>>(row, value);
        if (Isa.Current == VectorWidth.V256) return First<T, V256<T>>(row, value);
        if (Isa.Current == VectorWidth.V128) return First<T, V128<T>>(row, value);
        return First<T, Scalar<T>>(row, value);
    }

    [MethodImpl(Jit.Loop)]
    private static int First<T, V>(ReadOnlySpan<T> row, T value)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        ref T from = ref MemoryMarshal.GetReference(row);
        V sought = V.Splat(value);
        int i = 0;
        // In bounds: i + Count <= length.
        while (i + V.Count <= row.Length && V.IsZero(V.Equal(V.Load(ref from, (nuint)i), sought))) i += V.Count;
        while (row[i] != value) i++;
        return i;
    }
}
