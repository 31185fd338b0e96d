// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>What one call of <see cref="DepthwiseIntTile"/> works on: neighbouring outputs of a row, one vector of a panel's channels.</summary>
internal ref struct DepthwiseIntArguments
{
    /// <summary>The kept pairs of lines at the first output; what the next one sees is Step elements on.</summary>
    public ref short Lines;
    public nint Step;

    /// <summary>Where the pairs of taps are, counted from there; weights are one vector each, and every other one another vector's.</summary>
    public ref nuint Taps;
    public ref short Weights;
    public ref int Start;

    /// <summary>Sums of output after output, a panel apart.</summary>
    public ref int Sums;
    public int TapCount;

    /// <summary>From one of neighbouring taps to the next.</summary>
    public nint TapStep;
    public int Count;
}

/// <summary>The sums of one vector of channels at neighbouring outputs: what a pair of lines has, times the pair of weights. Bounds are the caller's.</summary>
internal static class DepthwiseIntTile
{
    /// <summary>Outputs of the widest tile of <see cref="Run"/>.</summary>
    public const int OutputsMax = 6;

    /// <summary>TOutputs outputs from <paramref name="first"/> on, any number of taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<L, I, S, TOutputs>(in DepthwiseIntArguments t, nint first)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
        where TOutputs : struct, ICount
    {
        ref short x0 = ref Unsafe.Add(ref t.Lines, first * t.Step);
        ref short x1 = ref Unsafe.Add(ref x0, TOutputs.Value > 1 ? 1 * t.Step : 0);
        ref short x2 = ref Unsafe.Add(ref x0, TOutputs.Value > 2 ? 2 * t.Step : 0);
        ref short x3 = ref Unsafe.Add(ref x0, TOutputs.Value > 3 ? 3 * t.Step : 0);
        ref short x4 = ref Unsafe.Add(ref x0, TOutputs.Value > 4 ? 4 * t.Step : 0);
        ref short x5 = ref Unsafe.Add(ref x0, TOutputs.Value > 5 ? 5 * t.Step : 0);
        ref nuint taps = ref t.Taps;
        ref short weights = ref t.Weights;
        I start = I.Load(ref t.Start, 0), s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start;
        nint count = t.TapCount;
        nuint at = 0, panel = 2 * (nuint)S.Count;
        for (nint tap = 0; tap < count; tap++, at += panel)
        {
            S w = S.Load(ref weights, at);
            nuint i = Unsafe.Add(ref taps, tap);
            s0 += L.MulAddAdjacent(w, S.Load(ref x0, i));
            if (TOutputs.Value > 1) s1 += L.MulAddAdjacent(w, S.Load(ref x1, i));
            if (TOutputs.Value > 2) s2 += L.MulAddAdjacent(w, S.Load(ref x2, i));
            if (TOutputs.Value > 3) s3 += L.MulAddAdjacent(w, S.Load(ref x3, i));
            if (TOutputs.Value > 4) s4 += L.MulAddAdjacent(w, S.Load(ref x4, i));
            if (TOutputs.Value > 5) s5 += L.MulAddAdjacent(w, S.Load(ref x5, i));
        }
        nuint next = 2 * (nuint)I.Count;
        ref int sums = ref Unsafe.Add(ref t.Sums, first * (nint)next);
        I.Store(s0, ref sums, 0);
        if (TOutputs.Value > 1) I.Store(s1, ref sums, next);
        if (TOutputs.Value > 2) I.Store(s2, ref sums, 2 * next);
        if (TOutputs.Value > 3) I.Store(s3, ref sums, 3 * next);
        if (TOutputs.Value > 4) I.Store(s4, ref sums, 4 * next);
        if (TOutputs.Value > 5) I.Store(s5, ref sums, 5 * next);
    }

    /// <summary>All outputs; filters of 3 x 3 neighbouring pixels, whose two times three pairs of weights stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Six<L, I, S>(in DepthwiseIntArguments t)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        nuint panel = 2 * (nuint)S.Count, step = (nuint)t.Step, tap = (nuint)t.TapStep, next = 2 * (nuint)I.Count;
        ref short w = ref t.Weights;
        S w0 = S.Load(ref w, 0), w1 = S.Load(ref w, panel), w2 = S.Load(ref w, 2 * panel);
        S w3 = S.Load(ref w, 3 * panel), w4 = S.Load(ref w, 4 * panel), w5 = S.Load(ref w, 5 * panel);
        ref short x0 = ref Unsafe.Add(ref t.Lines, t.Taps);
        ref short x1 = ref Unsafe.Add(ref t.Lines, Unsafe.Add(ref t.Taps, 3));
        ref int y = ref t.Sums;
        I start = I.Load(ref t.Start, 0);
        for (nint left = t.Count; left > 0; left--)
        {
            I a = start + L.MulAddAdjacent(w0, S.Load(ref x0, 0)), b = L.MulAddAdjacent(w3, S.Load(ref x1, 0));
            a += L.MulAddAdjacent(w1, S.Load(ref x0, tap));
            b += L.MulAddAdjacent(w4, S.Load(ref x1, tap));
            a += L.MulAddAdjacent(w2, S.Load(ref x0, 2 * tap));
            b += L.MulAddAdjacent(w5, S.Load(ref x1, 2 * tap));
            I.Store(a + b, ref y, 0);
            x0 = ref Unsafe.Add(ref x0, step);
            x1 = ref Unsafe.Add(ref x1, step);
            y = ref Unsafe.Add(ref y, next);
        }
    }
}
