using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>Functions of two quantised elements of different types, one at a time, with numpy's broadcasting; the output is dense.</summary>
internal static class MixedZip
{
    public static void Apply<TFn, TA, TB, TOut>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<TA> a, ReadOnlySpan<TB> b, Span<TOut> output)
        where TFn : struct, IWideBinaryFn
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
        where TOut : unmanaged, IBinaryInteger<TOut>
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int stepA = walk.Repeats(0) ? 0 : 1, stepB = walk.Repeats(1) ? 0 : 1;
        for (int start = 0; walk.Next(); start += walk.Length)
        {
            for (int i = 0; i < walk.Length; i++)
            {
                var x = new Scalar<int>(int.CreateTruncating(a[(int)walk.A + (i * stepA)]));
                var y = new Scalar<int>(int.CreateTruncating(b[(int)walk.B + (i * stepB)]));
                output[start + i] = TOut.CreateSaturating(fn.Apply<LanesScalar, Scalar<float>, Scalar<int>>(x, y).Value);
            }
        }
    }
}
