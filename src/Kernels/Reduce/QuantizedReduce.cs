using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Kernels.Reduce;

/// <summary>
/// MEAN, SUM and REDUCE_PROD of quantised tensors (sbyte, byte, short), with the roundings of the kernels the goldens
/// hold.
/// </summary>
internal static class QuantizedReduce
{
    /// <summary>
    /// MEAN: 32-bit sums, less the zero points, times the quotient of the scales with 1/count folded into its mantissa
    /// (cut, not rounded); two roundings.
    /// </summary>
    public static void Mean<T>(
        in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        WideSum.Apply(shape, input, sums);
        QuantizedMultiplier factor = FixedPoint.Quantize((double)from.Scale / to.Scale);
        long count = shape.ReducedCount;
        if (count == 0) return;
        int shift = Math.Min(Math.Min(BitOperations.Log2((ulong)count), 32), 31 + factor.Shift);
        var perCount = new QuantizedMultiplier((int)(((long)factor.Mantissa << shift) / count), factor.Shift - shift);
        Finish(shape, sums, perCount, from.ZeroPoint, to.ZeroPoint, output);
    }

    /// <summary>SUM in fixed point: what the reference does for unsigned bytes.</summary>
    public static void SumFixed<T>(
        in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        WideSum.Apply(shape, input, sums);
        Finish(shape, sums, FixedPoint.Quantize((double)from.Scale / to.Scale), from.ZeroPoint, to.ZeroPoint, output);
    }

    /// <summary>
    /// SUM in float: round(sum * scale - zeroPoint * scale * count), half away from zero; what signed types use.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static void SumFloat<T>(
        in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> sums, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        WideSum.Apply(shape, input, sums);
        Lengths.MustReach(shape.OutputCount, output.Length);
        float scale = from.Scale / to.Scale;
        float bias = -from.ZeroPoint * scale * shape.ReducedCount;
        for (int i = 0; i < shape.OutputCount; i++)
        {
            float rounded = MathF.Round((sums[i] * scale) + bias, MidpointRounding.AwayFromZero);
            int whole = MathF.Abs(rounded) < 2147483648f ? (int)rounded : int.MinValue;
            output[i] = T.CreateSaturating(unchecked(whole + to.ZeroPoint));
        }
    }

    /// <summary>
    /// REDUCE_PROD: products step by step in the order of the input, each rescaled by scale / outputScale^(1/count)
    /// with one rounding of a 16-bit mantissa, and once more at the end.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static void Product<T>(
        in ReduceShape shape, ReadOnlySpan<T> input, AffineScale from, AffineScale to, Span<int> products,
            Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustReach(shape.InputCount, input.Length);
        Lengths.MustReach(shape.OutputCount, products.Length);
        Lengths.MustReach(shape.OutputCount, output.Length);
        if (shape.InputCount == 0) return;
        QuantizedMultiplier factor =
            FixedPoint.Quantize(from.Scale / Math.Pow(to.Scale, 1.0 / shape.ReducedCount));
        var walk = new ReduceWalk(shape);
        while (walk.Next())
        {
            ReadOnlySpan<T> run = input.Slice((int)walk.Input, walk.RunLength);
            Span<int> at = products.Slice((int)walk.Output, walk.OutputLength);
            int step = walk.RunReduces ? 0 : 1;
            for (int i = 0; i < run.Length; i++)
            {
                int value = int.CreateTruncating(run[i]) - from.ZeroPoint;
                ref int product = ref at[i * step];
                bool first = walk.IsFirst && (step == 1 || i == 0);
                product = first ? value : FixedPoint.MultiplyReduced((long)product * value, factor);
            }
        }
        for (int i = 0; i < shape.OutputCount; i++)
            output[i] = T.CreateSaturating(FixedPoint.MultiplyReduced(products[i], factor) + to.ZeroPoint);
    }

    [MethodImpl(Jit.Loop)]
    private static void Finish<T>(
        in ReduceShape shape, ReadOnlySpan<int> sums, QuantizedMultiplier factor, int zeroInput, int zeroOutput,
            Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustReach(shape.OutputCount, output.Length);
        int zeros = unchecked((int)(zeroInput * shape.ReducedCount));
        for (int i = 0; i < shape.OutputCount; i++)
            output[i] = T.CreateSaturating(FixedPoint.Multiply(sums[i] - zeros, factor) + zeroOutput);
    }
}
