using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// Reductions over any set of axes. Where the innermost axis is reduced, rows go through <see cref="Row"/> and their
/// results are combined in order; where it is kept, its elements are combined side by side in the order of the input.
/// Same bits at every width.
/// </summary>
internal static class Reducer
{
    public static void Apply<TOp, T>(in ReduceShape shape, ReadOnlySpan<T> input, Span<T> output)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        if (Isa.Current == VectorWidth.V512) Run<TOp, T, V512<T>>(shape, input, output);
        else if (Isa.Current == VectorWidth.V256) Run<TOp, T, V256<T>>(shape, input, output);
        else if (Isa.Current == VectorWidth.V128) Run<TOp, T, V128<T>>(shape, input, output);
        else Run<TOp, T, Scalar<T>>(shape, input, output);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TOp, T, V>(in ReduceShape shape, ReadOnlySpan<T> input, Span<T> output)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        Lengths.MustReach(shape.InputCount, input.Length);
        Lengths.MustReach(shape.OutputCount, output.Length);
        bool fromFirst = TOp.StartsFromFirst && shape.ReducesAll && shape.InputCount > 0;
        T start = fromFirst ? input[0] : TOp.Identity;
        output[..(int)shape.OutputCount].Fill(start);
        if (shape.Rank == 2 && !shape.Reduces(0) && shape.Reduces(1))
        {
            int length = shape.Length(1);
            for (int row = 0; row < shape.OutputCount; row++)
                output[row] = TOp.Combine<Scalar<T>>(new(Row.Run<TOp, T, V>(input.Slice(row * length, length), start)), new(start)).Value;
            return;
        }
        var walk = new ReduceWalk(shape);
        while (walk.Next())
        {
            ReadOnlySpan<T> run = input.Slice((int)walk.Input, walk.RunLength);
            Span<T> to = output.Slice((int)walk.Output, walk.OutputLength);
            if (walk.RunReduces)
                to[0] = TOp.Combine<Scalar<T>>(new(Row.Run<TOp, T, V>(run, start)), new(to[0])).Value;
            else
                SideBySide<TOp, T, V>(run, to);
        }
    }

    [MethodImpl(Jit.Loop)]
    private static void SideBySide<TOp, T, V>(ReadOnlySpan<T> run, Span<T> output)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        Lengths.MustMatch(run.Length, output.Length);
        ref T from = ref MemoryMarshal.GetReference(run);
        ref T to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)run.Length;
        nuint i = 0;
        // In bounds: i + Count <= length, which both spans have; then single elements below it.
        for (; i + (nuint)V.Count <= length; i += (nuint)V.Count)
            V.Store(TOp.Combine(V.Load(ref from, i), V.Load(ref to, i)), ref to, i);
        for (; i < length; i++)
            Scalar<T>.Store(TOp.Combine(Scalar<T>.Load(ref from, i), Scalar<T>.Load(ref to, i)), ref to, i);
    }
}
