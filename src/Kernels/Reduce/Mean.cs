using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// MEAN of unquantised tensors: the sum divided by the count; whole numbers are summed in 64 bits and cut towards zero.
/// </summary>
internal static class Mean
{
    /// <summary>An empty reduction gives NaN.</summary>
    public static void Apply(in ReduceShape shape, ReadOnlySpan<float> input, Span<float> output)
    {
        Reducer.Apply<SumOf<float>, float>(shape, input, output);
        Span<float> sums = output[..(int)shape.OutputCount];
        Map.Apply(new Quotient(shape.ReducedCount), sums, sums);
    }

    /// <param name="shape">What is reduced.</param>
    /// <param name="input">Elements.</param>
    /// <param name="sums">Scratch of as many elements as the output.</param>
    /// <param name="output">Means; zero for an empty reduction.</param>
    public static void Apply(in ReduceShape shape, ReadOnlySpan<int> input, Span<long> sums, Span<int> output)
    {
        WideSum.Apply(shape, input, sums);
        for (int i = 0; i < shape.OutputCount; i++)
            output[i] = shape.ReducedCount == 0 ? 0 : unchecked((int)(sums[i] / shape.ReducedCount));
    }

    public static void Apply(in ReduceShape shape, ReadOnlySpan<long> input, Span<long> output)
    {
        Reducer.Apply<SumOf<long>, long>(shape, input, output);
        if (shape.ReducedCount == 0) return;
        foreach (ref long sum in output[..(int)shape.OutputCount]) sum /= shape.ReducedCount;
    }

    private readonly struct Quotient(float divisor) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x / V.Splat(divisor);
    }
}
