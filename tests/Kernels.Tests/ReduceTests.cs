using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Kernels.Reduce;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

public sealed class ReduceTests
{
    public static TheoryData<int[], int[]> Cases => new()
    {
        { [], [] }, { [1], [0] }, { [70], [0] }, { [300], [-1] }, { [5, 131], [1] }, { [5, 131], [0] }, { [3, 4, 37],
        [1] },
        { [3, 4, 37], [0, 2] }, { [3, 4, 37], [0, 1, 2] }, { [2, 7, 5, 33], [1, 2] }, { [2, 7, 5, 33], [3, 1] }, { [4,
        1, 9], [1] },
        { [2, 3, 2, 3, 2, 3, 2, 3], [0, 2, 4, 6] }, { [2, 3, 2, 3, 2, 3, 2, 3], [1, 3, 5, 7, 7] }, { [0, 4], [0] },
        { [4, 0], [1] },
        { [6, 5], [] }, { [2, 20_011], [1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheNaiveOrder(int[] shape, int[] axes)
    {
        int count = shape.Aggregate(1, (x, y) => x * y);
        int[] whole = FloatSample.Integers<int>(count, 1);
        Exact<SumOf<int>, int>(shape, axes, whole, 0, (x, y) => unchecked(x + y));
        Exact<ProductOf<int>, int>(shape, axes, whole, 1, (x, y) => unchecked(x * y));
        Exact<MaximumOf<int>, int>(shape, axes, whole, int.MinValue, Math.Max);
        Exact<SumOf<long>, long>(shape, axes, FloatSample.Integers<long>(count, 2), 0, (x, y) => unchecked(x + y));
        Exact<MinimumOf<sbyte>, sbyte>(shape, axes, FloatSample.Integers<sbyte>(count, 3), sbyte.MaxValue, Math.Min);
        Exact<MaximumOf<byte>, byte>(shape, axes, FloatSample.Integers<byte>(count, 4), 0, Math.Max);
        Exact<MinimumOf<short>, short>(shape, axes, FloatSample.Integers<short>(count, 5), short.MaxValue, Math.Min);
        float[] real = [.. FloatSample.Integers<short>(count, 6).Select(value => value / 256f)];
        Exact<MaximumOf<float>, float>(shape, axes, real, float.MinValue, Math.Max);
        SameAtEveryWidth<SumOf<float>, float>(shape, axes, real);
        SameAtEveryWidth<ProductOf<float>, float>(shape, axes, real);
        Wide<sbyte>(shape, axes, count);
        Wide<byte>(shape, axes, count);
        Wide<short>(shape, axes, count);
        Means(shape, axes, real, whole);
    }

    private static void Exact<TOp, T>(int[] shape, int[] axes, T[] input, T identity, Func<T, T, T> step)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T> => Bits.Equal<T>(
            ReferenceReduce.Apply<T, T>(input, shape, axes, identity, step),
            SameAtEveryWidth<TOp, T>(shape, axes, input),
            $"{typeof(TOp).Name} of {typeof(T).Name}");

    private static T[] SameAtEveryWidth<TOp, T>(int[] shape, int[] axes, T[] input)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        var reduce = new ReduceShape(shape, axes);
        T[][] outputs = [.. Enumerable.Range(0, 4).Select(_ => new T[reduce.OutputCount])];
        Reducer.Run<TOp, T, Scalar<T>>(reduce, input, outputs[0]);
        Reducer.Run<TOp, T, V128<T>>(reduce, input, outputs[1]);
        Reducer.Run<TOp, T, V256<T>>(reduce, input, outputs[2]);
        Reducer.Run<TOp, T, V512<T>>(reduce, input, outputs[3]);
        Assert.All(outputs, output => Bits.Equal<T>(outputs[0], output, typeof(TOp).Name));
        return outputs[3];
    }

    private static void Wide<T>(int[] shape, int[] axes, int count) where T : unmanaged, IBinaryInteger<T>
    {
        var reduce = new ReduceShape(shape, axes);
        T[] input = FloatSample.Integers<T>(count, 9);
        int[] expected =
            ReferenceReduce.Apply<T, int>(input, shape, axes, 0, (sum, x) => sum + int.CreateTruncating(x));
        int[][] sums =
            [new int[expected.Length], new int[expected.Length], new int[expected.Length], new int[expected.Length]];
        WideSum.Run<T, LanesScalar, Scalar<float>, Scalar<int>>(reduce, input, sums[0]);
        WideSum.Run<T, Lanes128, V128<float>, V128<int>>(reduce, input, sums[1]);
        WideSum.Run<T, Lanes256, V256<float>, V256<int>>(reduce, input, sums[2]);
        WideSum.Run<T, Lanes512, V512<float>, V512<int>>(reduce, input, sums[3]);
        Assert.All(sums, actual => Assert.Equal(expected, actual));
    }

    private static void Means(int[] shape, int[] axes, float[] real, int[] whole)
    {
        var reduce = new ReduceShape(shape, axes);
        if (reduce.ReducedCount == 0) return;
        float[] means = new float[reduce.OutputCount];
        Mean.Apply(reduce, real, means);
        double[] sums = ReferenceReduce.Apply<float, double>(real, shape, axes, 0, (sum, x) => sum + x);
        for (int i = 0; i < means.Length; i++)
            Assert.InRange(means[i] - (sums[i] / reduce.ReducedCount), -1e-4, 1e-4);
        int[] cut = new int[reduce.OutputCount];
        Mean.Apply(reduce, whole, new long[reduce.OutputCount], cut);
        long[] exact = ReferenceReduce.Apply<int, long>(whole, shape, axes, 0, (sum, x) => sum + x);
        Assert.Equal(exact.Select(sum => (int)(sum / reduce.ReducedCount)), cut);
    }

    [Theory]
    [InlineData(new[] { 21, 37 }, new[] { 1 })]
    [InlineData(new[] { 5, 37, 3 }, new[] { 1 })]
    [InlineData(new[] { 4, 3, 17 }, new[] { 0, 2 })]
    [InlineData(new[] { 130 }, new[] { 0 })]
    public void OrderedSumsHaveTheBitsOfPlainLoops(int[] dimensions, int[] axes)
    {
        var shape = new ReduceShape(dimensions, axes);
        float[] input = [.. FloatSample.Integers<short>((int)shape.InputCount, 5).Select(value => value / 4099f)];
        float[] expected = new float[shape.OutputCount], output = new float[shape.OutputCount];
        Reference.PlainRows.Mean(shape, input, expected);
        OrderedSum.Mean(shape, input, output);
        Bits.Equal<float>(expected, output, "mean");
        Reference.PlainRows.Sum(shape, input, expected);
        OrderedSum.Apply(shape, input, output);
        Bits.Equal<float>(expected, output, "sum");
    }

    [Fact]
    public void NaNNeverReplacesANumber()
    {
        float[] rows = [float.NaN, 3, float.NaN, -2, float.NaN, float.NaN, float.NegativeInfinity, float.NaN];
        float[] output = new float[2];
        Reducer.Apply<MaximumOf<float>, float>(new ReduceShape([2, 4], [1]), rows, output);
        Assert.Equal([3, float.MinValue], output);
        Reducer.Apply<MinimumOf<float>, float>(new ReduceShape([4], [0]), rows.AsSpan(0, 4), output);
        Assert.True(float.IsNaN(output[0]));
        Reducer.Apply<MinimumOf<float>, float>(new ReduceShape([3], [0]), rows.AsSpan(1, 3), output);
        Assert.Equal(-2, output[0]);
    }

    [Fact]
    public void FindsTheFirstExtreme()
    {
        float[] x = [1, 5, 5, float.NaN, float.NaN, -3, 2, -3, float.NaN, float.NaN, float.NaN, float.NaN];
        long[] index = new long[3];
        ArgExtreme.Maximum<float, long>(x, 3, 4, 1, index);
        Assert.Equal([1L, 2, 0], index);
        ArgExtreme.Minimum<float, long>(x, 3, 4, 1, index);
        Assert.Equal([0L, 1, 0], index);
        int[] columns = new int[4];
        ArgExtreme.Maximum<float, int>(x, 1, 3, 4, columns);
        Assert.Equal([0, 0, 0, 1], columns);
    }

    /// <summary>Few different values, so that most rows hold their extreme several times; NaNs and zeros of both signs among them.</summary>
    [Fact]
    public void FindsTheFirstExtremeOfRowsOfAnyLength()
    {
        float[] values = [float.NaN, 0, -0f, 1, -1, float.PositiveInfinity, float.NegativeInfinity, float.MinValue];
        var random = new Random(5);
        for (int length = 1; length <= 300; length++)
        {
            int kinds = random.Next(1, values.Length + 1);
            float[] row = [.. Enumerable.Range(0, length).Select(_ => values[random.Next(kinds)])];
            sbyte[] bytes = [.. Enumerable.Range(0, length).Select(_ => (sbyte)random.Next(-kinds, kinds))];
            var index = new int[4];
            ArgExtreme.Maximum<float, int>(row, 1, length, 1, index.AsSpan(0, 1));
            ArgExtreme.Minimum<float, int>(row, 1, length, 1, index.AsSpan(1, 1));
            ArgExtreme.Maximum<sbyte, int>(bytes, 1, length, 1, index.AsSpan(2, 1));
            ArgExtreme.Minimum<sbyte, int>(bytes, 1, length, 1, index.AsSpan(3, 1));
            Assert.Equal([First(row, (a, b) => a > b), First(row, (a, b) => a < b), First(bytes, (a, b) => a > b), First(bytes, (a, b) => a < b)], index);
        }

        static int First<T>(T[] row, Func<T, T, bool> beats) where T : System.Numerics.INumber<T> =>
            Math.Max(0, Array.FindIndex(row, v => !T.IsNaN(v) && !Array.Exists(row, other => beats(other, v))));
    }

    /// <summary>More rows than a byte counts, columns that end in the middle of a vector, and the same extreme in several rows.</summary>
    [Theory]
    [InlineData(1, 64)]
    [InlineData(7, 67)]
    [InlineData(255, 65)]
    [InlineData(257, 130)]
    [InlineData(70_000, 64)]
    public void FindsTheFirstExtremeOfColumns(int length, int inner)
    {
        float[] values = [float.NaN, 0, -0f, 1, -1, float.PositiveInfinity, float.NegativeInfinity, float.MinValue];
        var random = new Random(length);
        int[] kinds = [.. Enumerable.Range(0, inner).Select(_ => random.Next(1, values.Length + 1))];
        float[] real = [.. Enumerable.Range(0, length * inner).Select(i => values[random.Next(kinds[i % inner])])];
        Columns(real, length, inner);
        Columns([.. real.Select(v => (double)v)], length, inner);
        Columns([.. real.Select(v => (Half)v)], length, inner);
        Columns<sbyte>([.. FloatSample.Integers<sbyte>(length * inner, 1)], length, inner);
        Columns<ushort>([.. FloatSample.Integers<byte>(length * inner, 2)], length, inner);
        Columns<long>([.. FloatSample.Integers<sbyte>(length * inner, 3)], length, inner);
    }

    private static void Columns<T>(T[] input, int length, int inner) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
    {
        var (highest, lowest) = (new long[inner], new long[inner]);
        for (int i = 0; i < inner; i++) (highest[i], lowest[i]) = (First((value, best) => value > best, i), First((value, best) => value < best, i));
        Widths<MaximumOf<T>, T>(input, length, inner, highest);
        Widths<MinimumOf<T>, T>(input, length, inner, lowest);

        long First(Func<T, T, bool> beats, int column)
        {
            int best = 0;
            for (int k = 1; k < length; k++)
            {
                T value = input[(k * inner) + column], current = input[(best * inner) + column];
                if (beats(value, current) || (T.IsNaN(current) && !T.IsNaN(value))) best = k;
            }
            return best;
        }
    }

    private static void Widths<TOp, T>(T[] input, int length, int inner, long[] expected)
        where TOp : struct, IExtreme<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        long[] found = new long[inner];
        Check(() => ArgColumns.Apply<TOp, T, long>(input, length, inner, found));
        if (typeof(T) == typeof(Half)) return;
        Check(() => ArgColumns.Run<TOp, T, V128<T>, long>(input, length, inner, found));
        Check(() => ArgColumns.Run<TOp, T, V256<T>, long>(input, length, inner, found));
        Check(() => ArgColumns.Run<TOp, T, V512<T>, long>(input, length, inner, found));
        Check(() => ArgColumns.OneByOne<TOp, T, long>(input, inner, 1, length, inner, found));

        void Check(Action run)
        {
            Array.Fill(found, -1);
            run();
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void AnyAndAllTakeEveryByteButZeroForTrue()
    {
        byte[] x = [0, 0, 2, 0, 255, 1], output = new byte[2];
        Logical.Any(new ReduceShape([2, 3], [1]), x, output);
        Assert.Equal(new byte[] { 1, 1 }, output);
        Logical.All(new ReduceShape([2, 3], [1]), x, output);
        Assert.Equal(new byte[] { 0, 0 }, output);
        Logical.All(new ReduceShape([2, 0], [1]), [], output);
        Assert.Equal(new byte[] { 1, 1 }, output);
    }

    [Fact]
    public void QuantisedReductionsFollowTheirRoundings()
    {
        Quantised<sbyte>(new(0.03f, 4), new(0.05f, -6), new(0.9f, -6));
        Quantised<byte>(new(0.03f, 130), new(0.05f, 120), new(0.9f, 120));
        Quantised<short>(new(0.0003f, 0), new(0.0005f, 0), new(0.009f, 0));
    }

    private static void Quantised<T>(AffineScale from, AffineScale to, AffineScale wide)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int[] dimensions = [6, 9, 21], axes = [1];
        var shape = new ReduceShape(dimensions, axes);
        T[] input = FloatSample.Integers<T>(6 * 9 * 21, 1), output = new T[6 * 21];
        int[] scratch = new int[output.Length];
        int[] sums = ReferenceReduce.Apply<T, int>(
            input, dimensions, axes, 0, (sum, q) => sum + int.CreateTruncating(q) - from.ZeroPoint);

        QuantizedMultiplier factor = FixedPoint.Quantize((double)from.Scale / to.Scale);
        // 1/9 goes into the mantissa, which is first shifted by the whole octaves of 9.
        int perNine = (int)(((long)factor.Mantissa << 3) / 9);
        QuantizedReduce.Mean<T>(shape, input, from, to, scratch, output);
        Assert.Equal(sums.Select(sum => T.CreateSaturating(
            ReferenceFixedPoint.Multiply(sum, perNine, factor.Shift - 3) + to.ZeroPoint)), output);

        QuantizedMultiplier whole = FixedPoint.Quantize((double)from.Scale / wide.Scale);
        QuantizedReduce.SumFixed<T>(shape, input, from, wide, scratch, output);
        Assert.Equal(sums.Select(sum => T.CreateSaturating(
            ReferenceFixedPoint.Multiply(sum, whole.Mantissa, whole.Shift) + wide.ZeroPoint)), output);

        QuantizedReduce.SumFloat<T>(shape, input, from, wide, scratch, output);
        float quotient = from.Scale / wide.Scale;
        for (int i = 0; i < output.Length; i++)
        {
            double exact = Math.Clamp(
                (sums[i] * (double)quotient) + wide.ZeroPoint,
                double.CreateChecked(T.MinValue), double.CreateChecked(T.MaxValue));
            Assert.InRange(double.CreateChecked(output[i]), exact - 0.51, exact + 0.51);
        }

        QuantizedMultiplier step = FixedPoint.Quantize(from.Scale / Math.Pow(wide.Scale, 1.0 / 9));
        int?[] products = ReferenceReduce.Apply<T, int?>(input, dimensions, axes, null, (product, q) =>
        {
            int value = int.CreateTruncating(q) - from.ZeroPoint;
            return product is null ? value : ReferenceFixedPoint.MultiplyReduced((long)product * value, step.Mantissa,
                step.Shift);
        });
        QuantizedReduce.Product<T>(shape, input, from, wide, scratch, output);
        Assert.Equal(products.Select(product => T.CreateSaturating(
            ReferenceFixedPoint.MultiplyReduced(product!.Value, step.Mantissa, step.Shift) + wide.ZeroPoint)), output);
    }

    [Fact]
    public void RefusesAxesOutsideTheShape()
    {
        Assert.Throws<ArgumentException>(() => new ReduceShape([2, 3], [2]));
        Assert.Throws<ArgumentException>(() => new ReduceShape([2, 3], [-3]));
        Assert.Throws<ArgumentException>(() =>
            Reducer.Apply<SumOf<int>, int>(new ReduceShape([4], [0]), new int[3], new int[1]));
    }
}
