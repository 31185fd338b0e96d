using System.Runtime.CompilerServices;

namespace Graft.Kernels.Elementwise;

/// <summary>A function of two elements that has no vector form.</summary>
internal interface IScalarFn<TIn, TOut>
{
    public TOut Apply(TIn a, TIn b);
}

/// <summary>
/// Binary loops element by element, with numpy's broadcasting, for any element types; the output is dense.
/// </summary>
internal static class Scalars
{
    [MethodImpl(Jit.Loop)]
    public static void Zip<TFn, TIn, TOut>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<TIn> a, ReadOnlySpan<TIn> b, Span<TOut> output)
        where TFn : struct, IScalarFn<TIn, TOut>
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int length = walk.Length;
        int stepA = walk.Repeats(0) ? 0 : 1;
        int stepB = walk.Repeats(1) ? 0 : 1;
        for (int start = 0; walk.Next(); start += length)
        {
            Span<TOut> to = output.Slice(start, length);
            ReadOnlySpan<TIn> runA = a[(int)walk.A..];
            ReadOnlySpan<TIn> runB = b[(int)walk.B..];
            for (int i = 0; i < to.Length; i++) to[i] = fn.Apply(runA[i * stepA], runB[i * stepB]);
        }
    }
}
