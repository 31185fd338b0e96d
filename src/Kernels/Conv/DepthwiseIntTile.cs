// house: tile
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// The sums of a panel of channels at neighbouring output positions. For each pair of taps: what both see at a position, paired channel by
/// channel, times the packed weights. Bounds are the caller's.
/// </summary>
internal static class DepthwiseIntTile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four<L, I, S>(ref readonly short lines, nuint position, nuint step, ReadOnlySpan<nuint> offsets, ref readonly short weights,
        ref readonly int start, ref int sums)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        nuint n = (nuint)I.Count, at = 0;
        I low0 = I.Load(in start, 0), high0 = I.Load(in start, n), low1 = low0, high1 = high0, low2 = low0, high2 = high0, low3 = low0, high3 = high0;
        ref short from = ref Unsafe.Add(ref Unsafe.AsRef(in lines), position);
        ref nuint offset = ref MemoryMarshal.GetReference(offsets);
        nuint second = 2 * step, third = 3 * step;
        for (nuint i = 0; i < (nuint)offsets.Length; i += 2, at += 4 * n)
        {
            ref short a = ref Unsafe.Add(ref from, Unsafe.Add(ref offset, i)), b = ref Unsafe.Add(ref from, Unsafe.Add(ref offset, i + 1));
            S weightLow = S.Load(in weights, at), weightHigh = S.Load(in weights, at + 2 * n);
            S x = S.Load(ref a, 0), y = S.Load(ref b, 0);
            low0 += L.MulAddAdjacent(L.PairLow(x, y), weightLow);
            high0 += L.MulAddAdjacent(L.PairHigh(x, y), weightHigh);
            x = S.Load(ref a, step);
            y = S.Load(ref b, step);
            low1 += L.MulAddAdjacent(L.PairLow(x, y), weightLow);
            high1 += L.MulAddAdjacent(L.PairHigh(x, y), weightHigh);
            x = S.Load(ref a, second);
            y = S.Load(ref b, second);
            low2 += L.MulAddAdjacent(L.PairLow(x, y), weightLow);
            high2 += L.MulAddAdjacent(L.PairHigh(x, y), weightHigh);
            x = S.Load(ref a, third);
            y = S.Load(ref b, third);
            low3 += L.MulAddAdjacent(L.PairLow(x, y), weightLow);
            high3 += L.MulAddAdjacent(L.PairHigh(x, y), weightHigh);
        }
        I.Store(low0, ref sums, 0);
        I.Store(high0, ref sums, n);
        I.Store(low1, ref sums, 2 * n);
        I.Store(high1, ref sums, 3 * n);
        I.Store(low2, ref sums, 4 * n);
        I.Store(high2, ref sums, 5 * n);
        I.Store(low3, ref sums, 6 * n);
        I.Store(high3, ref sums, 7 * n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One<L, I, S>(ref readonly short lines, nuint position, ReadOnlySpan<nuint> offsets, ref readonly short weights, ref readonly int start, ref int sums)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        nuint n = (nuint)I.Count, at = 0;
        I low = I.Load(in start, 0), high = I.Load(in start, n);
        ref short from = ref Unsafe.Add(ref Unsafe.AsRef(in lines), position);
        for (int i = 0; i < offsets.Length; i += 2, at += 4 * n)
        {
            S x = S.Load(ref from, offsets[i]), y = S.Load(ref from, offsets[i + 1]);
            low += L.MulAddAdjacent(L.PairLow(x, y), S.Load(in weights, at));
            high += L.MulAddAdjacent(L.PairHigh(x, y), S.Load(in weights, at + 2 * n));
        }
        I.Store(low, ref sums, 0);
        I.Store(high, ref sums, n);
    }
}
