using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Kernels.Reduce;
using Graft.Kernels.Simd;

namespace Graft.Ops.Reducing;

/// <summary>An associative reduction of numbers as they are.</summary>
internal readonly struct PlainKernel<TReduction, T> : IReduceKernel<T, byte>
    where TReduction : struct, IReduction<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<T> input, Span<byte> sums, Span<T> output) =>
        Reducer.Apply<TReduction, T>(shape, input, output);
}

/// <summary>The same, one element at a time.</summary>
internal readonly struct LaneKernel<TReduction, T> : IReduceKernel<T, byte>
    where TReduction : struct, IReduction<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<T> input, Span<byte> sums, Span<T> output) =>
        Reducer.Run<TReduction, T, Scalar<T>>(shape, input, output);
}

/// <summary>The sum of floats, term by term in the order of the input.</summary>
internal readonly struct OrderedSumKernel : IReduceKernel<float, byte>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<float> input, Span<byte> sums, Span<float> output) =>
        OrderedSum.Apply(shape, input, output);
}

/// <summary>The mean of floats, term by term in the order of the input.</summary>
internal readonly struct OrderedMeanKernel : IReduceKernel<float, byte>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<float> input, Span<byte> sums, Span<float> output) =>
        OrderedSum.Mean(shape, input, output);
}

/// <summary>The same as plain loops.</summary>
internal readonly struct PlainSumKernel : IReduceKernel<float, byte>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<float> input, Span<byte> sums, Span<float> output) =>
        Kernels.Reference.PlainRows.Sum(shape, input, output);
}

/// <summary>The same as plain loops.</summary>
internal readonly struct PlainMeanKernel : IReduceKernel<float, byte>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<float> input, Span<byte> sums, Span<float> output) =>
        Kernels.Reference.PlainRows.Mean(shape, input, output);
}

internal readonly struct AnyKernel : IReduceKernel<byte, byte>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<byte> input, Span<byte> sums, Span<byte> output) =>
        Logical.Any(shape, input, output);
}

internal readonly struct AllKernel : IReduceKernel<byte, byte>
{
    public static bool NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<byte> input, Span<byte> sums, Span<byte> output) =>
        Logical.All(shape, input, output);
}

internal readonly struct MeanKernel : IReduceKernel<float, byte>, IReduceKernel<int, long>, IReduceKernel<long, byte>
{
    static bool IReduceKernel<float, byte>.NeedsSums => false;

    static bool IReduceKernel<int, long>.NeedsSums => true;

    static bool IReduceKernel<long, byte>.NeedsSums => false;

    public void Run(in ReduceShape shape, ReadOnlySpan<float> input, Span<byte> sums, Span<float> output) =>
        Kernels.Reduce.Mean.Apply(shape, input, output);

    public void Run(in ReduceShape shape, ReadOnlySpan<int> input, Span<long> sums, Span<int> output) =>
        Kernels.Reduce.Mean.Apply(shape, input, sums, output);

    public void Run(in ReduceShape shape, ReadOnlySpan<long> input, Span<byte> sums, Span<long> output) =>
        Kernels.Reduce.Mean.Apply(shape, input, output);
}

/// <summary>A reduction of quantised values through 32-bit sums or products; an empty one gives zeros.</summary>
internal interface IQuantizedReduction
{
    static abstract void Run<T>(in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums,
        Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}

internal readonly struct QuantizedKernel<TReduction, T>(AffineScale from, AffineScale to) : IReduceKernel<T, int>
    where TReduction : struct, IQuantizedReduction
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static bool NeedsSums => true;

    public void Run(in ReduceShape shape, ReadOnlySpan<T> input, Span<int> sums, Span<T> output)
    {
        if (shape.InputCount == 0) output.Clear();
        else TReduction.Run(shape, input, from, to, sums, output);
    }
}

internal readonly struct QuantizedMean : IQuantizedReduction
{
    public static void Run<T>(in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums,
        Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        QuantizedReduce.Mean(shape, input, from, to, sums, output);
}

internal readonly struct QuantizedSum : IQuantizedReduction
{
    public static void Run<T>(in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums,
        Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (T.IsNegative(T.MinValue)) QuantizedReduce.SumFloat(shape, input, from, to, sums, output);
        else QuantizedReduce.SumFixed(shape, input, from, to, sums, output);
    }
}

internal readonly struct QuantizedProduct : IQuantizedReduction
{
    public static void Run<T>(in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums,
        Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        QuantizedReduce.Product(shape, input, from, to, sums, output);
}
