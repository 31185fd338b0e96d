using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>Sums of narrow integers in 32 bits, and of 32-bit ones in 64, over any set of axes; wrapping.</summary>
internal static class WideSum
{
    /// <summary>sums[o] = the sum of the elements (sbyte, byte, short) of output place o.</summary>
    public static void Apply<T>(in ReduceShape shape, ReadOnlySpan<T> input, Span<int> sums)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (Isa.Current == VectorWidth.V512) Run<T, Lanes512, V512<float>, V512<int>>(shape, input, sums);
        else if (Isa.Current == VectorWidth.V256) Run<T, Lanes256, V256<float>, V256<int>>(shape, input, sums);
        else if (Isa.Current == VectorWidth.V128) Run<T, Lanes128, V128<float>, V128<int>>(shape, input, sums);
        else Run<T, LanesScalar, Scalar<float>, Scalar<int>>(shape, input, sums);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<T, TLanes, F, I>(in ReduceShape shape, ReadOnlySpan<T> input, Span<int> sums)
        where T : unmanaged, IBinaryInteger<T>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        Lengths.MustReach(shape.InputCount, input.Length);
        Lengths.MustReach(shape.OutputCount, sums.Length);
        sums[..(int)shape.OutputCount].Clear();
        var walk = new ReduceWalk(shape);
        while (walk.Next())
        {
            ReadOnlySpan<T> run = input.Slice((int)walk.Input, walk.RunLength);
            Span<int> to = sums.Slice((int)walk.Output, walk.OutputLength);
            if (walk.RunReduces) to[0] += Along<T, TLanes, F, I>(run);
            else SideBySide<T, TLanes, F, I>(run, to);
        }
    }

    /// <summary>The same of ints in 64 bits, for the mean of ints.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Apply(in ReduceShape shape, ReadOnlySpan<int> input, Span<long> sums)
    {
        Lengths.MustReach(shape.InputCount, input.Length);
        Lengths.MustReach(shape.OutputCount, sums.Length);
        sums[..(int)shape.OutputCount].Clear();
        var walk = new ReduceWalk(shape);
        while (walk.Next())
        {
            ReadOnlySpan<int> run = input.Slice((int)walk.Input, walk.RunLength);
            Span<long> to = sums.Slice((int)walk.Output, walk.OutputLength);
            int step = walk.RunReduces ? 0 : 1;
            for (int i = 0; i < run.Length; i++) to[i * step] += run[i];
        }
    }

    [MethodImpl(Jit.Loop)]
    private static int Along<T, TLanes, F, I>(ReadOnlySpan<T> run)
        where T : unmanaged, IBinaryInteger<T>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        ref T from = ref MemoryMarshal.GetReference(run);
        nuint length = (nuint)run.Length;
        I sum = I.Splat(0);
        nuint i = 0;
        // In bounds: i + Count <= length, then the elements up to it.
        for (; i + (nuint)I.Count <= length; i += (nuint)I.Count) sum += TLanes.LoadWiden(ref from, i);
        if (i < length) sum += PartialLanes<TLanes, F, I>.LoadWiden(ref from, i, (int)(length - i));
        return I.Sum(sum);
    }

    [MethodImpl(Jit.Loop)]
    private static void SideBySide<T, TLanes, F, I>(ReadOnlySpan<T> run, Span<int> sums)
        where T : unmanaged, IBinaryInteger<T>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        Lengths.MustMatch(run.Length, sums.Length);
        ref T from = ref MemoryMarshal.GetReference(run);
        ref int to = ref MemoryMarshal.GetReference(sums);
        nuint length = (nuint)run.Length;
        nuint i = 0;
        // In bounds: i + Count <= length, which both spans have; then single elements below it.
        for (; i + (nuint)I.Count <= length; i += (nuint)I.Count)
            I.Store(I.Load(ref to, i) + TLanes.LoadWiden(ref from, i), ref to, i);
        for (; i < length; i++) sums[(int)i] += int.CreateTruncating(run[(int)i]);
    }
}
