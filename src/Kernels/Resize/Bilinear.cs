using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Resize;

/// <summary>How pixels of <typeparamref name="T"/> become lanes that can be weighted, and back with the rounding of the type.</summary>
internal interface IPixelLanes<T, W, V>
    where T : unmanaged
    where W : unmanaged
{
    public static abstract int Count { get; }

    public static abstract V Splat(W weight);

    /// <summary>x times two weights, in the order of the arguments.</summary>
    public static abstract V Weigh(ref readonly T origin, nuint offset, V row, V column);

    public static abstract V Add(V a, V b);

    public static abstract void Store(V sum, ref T origin, nuint offset);
}

/// <summary>A bilinear resize, one output row at a time.</summary>
internal interface IBilinear<T, W> where T : unmanaged where W : unmanaged
{
    /// <summary>
    /// Each output is the sum of four neighbours times a row weight and a column weight: low row and low column first, then high and low,
    /// low and high, high and high. Pixels have <paramref name="depth"/> channels.
    /// </summary>
    public static abstract void Row(ReadOnlySpan<T> low, ReadOnlySpan<T> high, in Tap<W> row, ReadOnlySpan<Tap<W>> columns, int depth, Span<T> output);
}

/// <summary>The loop of all bilinear resizes: lanes are channels; what remains is done one by one with the same arithmetic.</summary>
internal static class BilinearRow
{
    [MethodImpl(Jit.Loop)]
    public static void Run<TWide, VW, TSingle, VS, T, W>(ReadOnlySpan<T> low, ReadOnlySpan<T> high, in Tap<W> row,
        ReadOnlySpan<Tap<W>> columns, int depth, Span<T> output)
        where TWide : struct, IPixelLanes<T, W, VW>
        where TSingle : struct, IPixelLanes<T, W, VS>
        where T : unmanaged
        where W : unmanaged
    {
        Lengths.MustReach((long)columns.Length * depth, output.Length);
        Lengths.MustMatch(low.Length, high.Length);
        ref readonly T lowRow = ref MemoryMarshal.GetReference(low);
        ref readonly T highRow = ref MemoryMarshal.GetReference(high);
        ref T target = ref MemoryMarshal.GetReference(output);
        for (int x = 0; x < columns.Length; x++)
        {
            var tap = columns[x];
            Lengths.MustReach(((long)Math.Max(tap.Low, tap.High) + 1) * depth, low.Length);
            nuint left = (nuint)tap.Low * (nuint)depth, right = (nuint)tap.High * (nuint)depth, at = (nuint)x * (nuint)depth, c = 0;
            // In bounds: both columns' pixels lie in both rows, and c + Count <= depth.
            for (; c + (nuint)TWide.Count <= (nuint)depth; c += (nuint)TWide.Count)
            {
                TWide.Store(Sum<TWide, VW, T, W>(in lowRow, in highRow, left + c, right + c, row, tap), ref target, at + c);
            }
            bool isNarrow = c == 0 && at + (nuint)TWide.Count <= (nuint)output.Length
                && Math.Max(left, right) + (nuint)TWide.Count <= (nuint)low.Length;
            if (isNarrow || (c > 0 && c < (nuint)depth))
            {
                // The last vector ends with the last channel, and computes some again; of a narrow pixel it reaches into the next, which follows.
                if (!isNarrow) c = (nuint)(depth - TWide.Count);
                TWide.Store(Sum<TWide, VW, T, W>(in lowRow, in highRow, left + c, right + c, row, tap), ref target, at + c);
                continue;
            }
            for (; c < (nuint)depth; c++)
            {
                TSingle.Store(Sum<TSingle, VS, T, W>(in lowRow, in highRow, left + c, right + c, row, tap), ref target, at + c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sum<TLanes, V, T, W>(ref readonly T low, ref readonly T high, nuint left, nuint right, in Tap<W> row, in Tap<W> column)
        where TLanes : struct, IPixelLanes<T, W, V>
        where T : unmanaged
        where W : unmanaged
    {
        V lowRow = TLanes.Splat(row.LowWeight), highRow = TLanes.Splat(row.HighWeight);
        V lowColumn = TLanes.Splat(column.LowWeight), highColumn = TLanes.Splat(column.HighWeight);
        V sum = TLanes.Weigh(in low, left, lowRow, lowColumn);
        sum = TLanes.Add(sum, TLanes.Weigh(in high, left, highRow, lowColumn));
        sum = TLanes.Add(sum, TLanes.Weigh(in low, right, lowRow, highColumn));
        return TLanes.Add(sum, TLanes.Weigh(in high, right, highRow, highColumn));
    }
}
