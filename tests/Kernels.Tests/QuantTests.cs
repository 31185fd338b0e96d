using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Quantised elementwise kernels against the formulas in plain integers, at every width.</summary>
public sealed class QuantTests
{
    private static readonly AffineScale A = new(0.0472f, 3), B = new(0.0171f, -9), Out = new(0.061f, 11);

    [Fact]
    public void SumsAndDifferencesRoundThreeTimes()
    {
        Additive<sbyte, Sum>((x, y) => x + y, A, B, Out, 20, 1);
        Additive<sbyte, Difference>((x, y) => x - y, A, B, Out, 20, 1);
        Additive<byte, Sum>((x, y) => x + y, A with { ZeroPoint = 120 }, B with { ZeroPoint = 7 }, Out, 20, 1);
        Additive<short, Difference>((x, y) => x - y, new(0.0472f, 0), new(0.0171f, 0), new(0.061f, 0), 15, 1);
        Additive<sbyte, SquaredDifference>((x, y) => (x - y) * (x - y), A, B, Out, 7, 2);
    }

    [Fact]
    public void SumsOfAnyScalesAndZeroPointsRoundLikePlainIntegers()
    {
        var random = new Random(5);
        sbyte[] bytes = [.. Enumerable.Range(sbyte.MinValue, 256).Select(x => (sbyte)x)];
        for (int i = 0; i < 100; i++)
        {
            // From equal scales to a millionth of each other; outputs from saturated to all zero.
            AffineScale a = new(0.05f, random.Next(-128, 128)), b = new(0.05f * float.Exp2(-random.Next(20) * random.NextSingle()), random.Next(-128, 128));
            if (i % 2 == 1) (a, b) = (b, a);
            AffineScale output = new(0.05f * float.Exp2(random.Next(-16, 20)), random.Next(-128, 128));
            var kernel = new Rescaled<Sum>(a, b, output, 20, -128, 127);
            double twice = 2 * (double)Math.Max(a.Scale, b.Scale);
            QuantizedMultiplier first = FixedPoint.Quantize(a.Scale / twice), second = FixedPoint.Quantize(b.Scale / twice), last = FixedPoint.Quantize(twice / ((1 << 20) * output.Scale));
            var shape = new BroadcastShape([256, 1], [1, 256]);
            sbyte[] results = new sbyte[256 * 256];
            WideMap.Zip<Rescaled<Sum>, sbyte, sbyte, sbyte>(kernel, shape, bytes, bytes, results);
            Assert.Equal(bytes.SelectMany(x => bytes.Select(y => sbyte.CreateSaturating(output.ZeroPoint + FixedPoint.Multiply(
                FixedPoint.Multiply((x - a.ZeroPoint) << 20, first) + FixedPoint.Multiply((y - b.ZeroPoint) << 20, second), last)))), results);
        }
    }

    private static void Additive<T, TOp>(
        Func<int, int, int> combine, AffineScale a, AffineScale b, AffineScale output, int leftShift, int degree)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        where TOp : struct, ICombination
    {
        const int low = -100, high = 120;
        double twice = 2 * (double)Math.Max(a.Scale, b.Scale);
        QuantizedMultiplier first = FixedPoint.Quantize(a.Scale / twice), second = FixedPoint.Quantize(b.Scale / twice);
        QuantizedMultiplier last =
            FixedPoint.Quantize(Math.Pow(twice, degree) / ((1 << (leftShift * degree)) * output.Scale));
        var kernel = new Rescaled<TOp>(a, b, output, leftShift, low, high);
        Check<Rescaled<TOp>, T, T>(kernel, (x, y) =>
        {
            int left = FixedPoint.Multiply((x - a.ZeroPoint) << leftShift, first);
            int right = FixedPoint.Multiply((y - b.ZeroPoint) << leftShift, second);
            int result = FixedPoint.Multiply(combine(left, right), last) + output.ZeroPoint;
            return Math.Min(high, Math.Max(low, result));
        });
    }

    [Fact]
    public void RefusesScalesWhoseFactorIsNotBelowOne() => Assert.Throws<ArgumentException>(
        () => new Rescaled<Sum>(new(1f, 0), new(1f, 0), new(1e-7f, 0), 20, -128, 127));

    [Fact]
    public void PowersOfTwoAreDividedWithTiesAwayFromZero()
    {
        Check<PotRescaled<Sum>, short, short>(new(3, 0, -30000, 30000), (x, y) => Math.Clamp(
            FixedPoint.DivideByPot(x, 3) + y, -30000, 30000));
        Check<PotRescaled<Difference>, short, short>(new(0, 5, short.MinValue, short.MaxValue), (x, y) => Math.Clamp(
            x - FixedPoint.DivideByPot(y, 5), short.MinValue, short.MaxValue));
    }

    [Fact]
    public void ProductsAreScaledInTwoRoundings()
    {
        QuantizedMultiplier factor = FixedPoint.Quantize(A.Scale * B.Scale / Out.Scale);
        Check<QuantizedMul, sbyte, sbyte>(new(A, B, Out, -128, 100), (x, y) => Math.Clamp(
            FixedPoint.Multiply((x - A.ZeroPoint) * (y - B.ZeroPoint), factor) + Out.ZeroPoint, -128, 100));
        AffineScale wide = new(0.0001f, 0);
        QuantizedMultiplier wideFactor = FixedPoint.Quantize(wide.Scale * wide.Scale / wide.Scale);
        Check<QuantizedMul, short, short>(new(wide, wide, wide, -32768, 32767), (x, y) => Math.Clamp(
            FixedPoint.Multiply(x * y, wideFactor), -32768, 32767));
        // Q15 products are rounded with ties upward, then divided with ties away from zero.
        Check<QuantizedMul16To8, short, sbyte>(new(5, -100, 127), (x, y) =>
        {
            int product = Math.Min(((x * y) + (1 << 14)) >> 15, short.MaxValue);
            return Math.Clamp(ReferenceFixedPoint.DivideByPot(product, 8), -105, 122) + 5;
        });
    }

    [Fact]
    public void SlopesAndRescalingsFollowTheSign()
    {
        QuantizedMultiplier identity = FixedPoint.Quantize(A.Scale / Out.Scale);
        QuantizedMultiplier alpha = FixedPoint.Quantize(A.Scale * 0.3f / Out.Scale);
        QuantizedMultiplier sloped = FixedPoint.Quantize(A.Scale * B.Scale / Out.Scale);
        Check<QuantizedLeakyRelu, sbyte, sbyte>(new(A, Out, 0.3f), x => Out.ZeroPoint + (x >= A.ZeroPoint
            ? FixedPoint.Multiply(x - A.ZeroPoint, identity) : FixedPoint.Multiply(x - A.ZeroPoint, alpha)));
        Check<QuantizedLeakyRelu, short, short>(new(A, Out, -0.3f), x => Out.ZeroPoint + (x >= A.ZeroPoint
            ? FixedPoint.Multiply(x - A.ZeroPoint, identity) : -FixedPoint.Multiply(x - A.ZeroPoint, alpha)));
        Check<QuantizedPrelu, sbyte, sbyte>(new(A, B, Out), (x, y) => Out.ZeroPoint + (x >= A.ZeroPoint
            ? FixedPoint.Multiply(x - A.ZeroPoint, identity)
            : FixedPoint.Multiply((x - A.ZeroPoint) * (y - B.ZeroPoint), sloped)));
        QuantizedMultiplier exact = FixedPoint.Quantize((double)A.Scale / Out.Scale);
        short[] wide = FloatSample.Integers<short>(37, 1), mixed = new short[37];
        sbyte[] slopes = FloatSample.Integers<sbyte>(37, 2);
        WideMap.Zip<QuantizedPrelu, short, sbyte, short>(new(A, B, Out), new BroadcastShape([37], [37]), wide, slopes,
            mixed);
        Assert.Equal(wide.Zip(slopes, (x, y) => short.CreateSaturating(Out.ZeroPoint + (x >= A.ZeroPoint
            ? FixedPoint.Multiply(x - A.ZeroPoint, identity)
            : FixedPoint.Multiply((x - A.ZeroPoint) * (y - B.ZeroPoint), sloped)))), mixed);
        Check<Requantized, sbyte, byte>(new(A, Out), x => FixedPoint.Multiply(x - A.ZeroPoint, exact) + Out.ZeroPoint);
        Check<Requantized, short, sbyte>(new(A, Out), x => FixedPoint.Multiply(x - A.ZeroPoint, exact) + Out.ZeroPoint);
        Check<RequantizedClamp, byte, sbyte>(new(exact, 3, 4, 0, 90), x => Math.Clamp(
            FixedPoint.Multiply(x - 3, exact) + 4, 0, 90));
    }

    private static void Check<TFn, TIn, TOut>(TFn kernel, Func<int, int, int> plain)
        where TFn : struct, IWideBinaryFn
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int[][] shapes = [[61], [61], [1], [3, 61], [61, 1], [61, 67]];
        foreach ((int[] shapeA, int[] shapeB) in new[] { (0, 1), (2, 0), (0, 2), (3, 0), (4, 5), (5, 4) }
            .Select(pair => (shapes[pair.Item1], shapes[pair.Item2])))
        {
            TIn[] a = FloatSample.Integers<TIn>(shapeA.Aggregate(1, (x, y) => x * y), 1);
            TIn[] b = FloatSample.Integers<TIn>(shapeB.Aggregate(1, (x, y) => x * y), 2);
            TOut[] expected = ReferenceElementwise.Binary<TIn, TOut>(a, shapeA, b, shapeB, (x, y) =>
                TOut.CreateSaturating(plain(int.CreateTruncating(x), int.CreateTruncating(y))));
            var shape = new BroadcastShape(shapeA, shapeB);
            TOut[][] outputs = [.. Enumerable.Range(0, 5).Select(_ => new TOut[expected.Length])];
            WideMap.Zip<TFn, TIn, TIn, TOut>(kernel, shape, a, b, outputs[0]);
            WideMap.ZipRun<TFn, TIn, TIn, TOut, LanesScalar, Scalar<float>, Scalar<int>>(kernel, shape, a, b,
                outputs[1]);
            WideMap.ZipRun<TFn, TIn, TIn, TOut, Lanes128, V128<float>, V128<int>>(kernel, shape, a, b, outputs[2]);
            WideMap.ZipRun<TFn, TIn, TIn, TOut, Lanes256, V256<float>, V256<int>>(kernel, shape, a, b, outputs[3]);
            WideMap.ZipRun<TFn, TIn, TIn, TOut, Lanes512, V512<float>, V512<int>>(kernel, shape, a, b, outputs[4]);
            Assert.All(outputs, output => Bits.Equal<TOut>(expected, output, typeof(TFn).Name));
        }
    }

    private static void Check<TFn, TIn, TOut>(TFn kernel, Func<int, int> plain)
        where TFn : struct, IWideFn
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        TIn[] all = FloatSample.Integers<TIn>(600, 1);
        for (int length = 0; length <= all.Length; length += length < 34 ? 1 : 283)
        {
            TIn[] input = all[..length];
            TOut[] expected = ReferenceElementwise.Unary<TIn, TOut>(input, x =>
                TOut.CreateSaturating(plain(int.CreateTruncating(x))));
            TOut[][] outputs = [new TOut[length], new TOut[length], new TOut[length], new TOut[length]];
            WideMap.Run<TFn, TIn, TOut, LanesScalar, Scalar<float>, Scalar<int>>(kernel, input, outputs[0]);
            WideMap.Run<TFn, TIn, TOut, Lanes128, V128<float>, V128<int>>(kernel, input, outputs[1]);
            WideMap.Run<TFn, TIn, TOut, Lanes256, V256<float>, V256<int>>(kernel, input, outputs[2]);
            WideMap.Run<TFn, TIn, TOut, Lanes512, V512<float>, V512<int>>(kernel, input, outputs[3]);
            Assert.All(outputs, output => Bits.Equal<TOut>(expected, output, $"{typeof(TFn).Name} of {length}"));
        }
    }

    [Fact]
    public void QuantisesHalfAwayFromZero()
    {
        Quantise<sbyte>();
        Quantise<byte>();
        Quantise<short>();
        sbyte[] output = new sbyte[4];
        Affine.Quantize([0.025f, -0.025f, 0.125f, 1e9f], 0.05f, -3, output);
        // A quotient beyond an int wraps with a negative zero point.
        Assert.Equal(new sbyte[] { -2, -4, 0, 127 }, output);
    }

    private static void Quantise<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        const float scale = 0.05f;
        float[] sample = [.. FloatSample.Make(3000), .. Enumerable.Range(-700, 1401).Select(i => (i + 0.5f) * scale)];
        foreach (int zero in new[] { -3, 0, 5 })
        {
            T[] expected = ReferenceElementwise.Unary<float, T>(sample, x =>
            {
                float rounded = MathF.Round(x / scale, MidpointRounding.AwayFromZero);
                int whole = MathF.Abs(rounded) < 2147483648f ? (int)rounded : int.MinValue;
                return T.CreateSaturating(unchecked(whole + zero));
            });
            T[] output = new T[sample.Length], perChannel = new T[sample.Length];
            Affine.Quantize(sample, scale, zero, output);
            Bits.Equal<T>(expected, output, "quantise");
            float[] scales = [.. sample.Select(_ => scale)];
            int[] zeros = [.. sample.Select(_ => zero)];
            Affine.QuantizeChannels(sample, scales, zeros, perChannel);
            Bits.Equal<T>(expected, perChannel, "quantise per channel");
            float[] real = new float[output.Length], realPerChannel = new float[output.Length];
            Affine.Dequantize<T>(output, scale, zero, real);
            Affine.DequantizeChannels<T>(output, scales, zeros, realPerChannel);
            float[] exact = ReferenceElementwise.Unary<T, float>(output, q =>
                (float)((double)scale * (int.CreateTruncating(q) - zero)));
            Bits.Equal<float>(exact, real, "dequantise");
            Bits.Equal<float>(exact, realPerChannel, "dequantise per channel");
        }
    }

    [Fact]
    public void VectorsOfBytesArePickedFromATable()
    {
        byte[] table = new byte[Lookup.Count], input = new byte[777];
        new Random(5).NextBytes(table);
        new Random(6).NextBytes(input);
        for (int i = 0; i < Lookup.Count; i++) input[i] = (byte)i;
        Picked<ByteTable128, V128<byte>>(input, table);
        Picked<ByteTable256, V256<byte>>(input, table);
        Picked<ByteTable512, V512<byte>>(input, table);
        byte[] inPlace = [.. input];
        Lookup.Apply<byte, byte>(inPlace, table, inPlace);
        Bits.Equal<byte>(input.Select(index => table[index]).ToArray(), inPlace, "in place");
    }

    private static void Picked<TTable, B>(byte[] input, byte[] table)
        where TTable : struct, IByteTable<B>
        where B : unmanaged, ISimd<B, byte>
    {
        byte[] output = new byte[input.Length];
        int count = ByteLookup.Run<TTable, B>(input, table, output);
        Assert.InRange(count, input.Length - (2 * B.Count) + 1, input.Length);
        Bits.Equal<byte>(input.Take(count).Select(index => table[index]).ToArray(), output.AsSpan(0, count), $"{B.Count} lanes");
        Assert.All(output[count..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void TablesOfBytesHoldTheRoundedFunction()
    {
        sbyte[] table = new sbyte[Lookup.Count], output = new sbyte[256];
        Lookup.Fill(new AffineScale(0.05f, -3), new AffineScale(1 / 256f, -128), x => 1 / (1 + MathF.Exp(-x)), table);
        sbyte[] input = [.. Enumerable.Range(-128, 256).Select(i => (sbyte)i)];
        Lookup.Apply<sbyte, sbyte>(input, table, output);
        for (int i = 0; i < 256; i++)
        {
            double exact = 256 / (1 + Math.Exp(-0.05f * (input[i] + 3)));
            Assert.InRange(output[i] + 128, Math.Min(255, exact - 0.501), exact + 0.501);
        }
    }

    [Fact]
    public void TablesOfShortsInterpolate()
    {
        short[] table =
            new short[Lookup16.Count], input = [.. Enumerable.Range(short.MinValue, 65536).Select(i => (short)i)];
        short[] output = new short[input.Length];
        Lookup16.Fill(8f / 32768, 0, 1f / 32768, 0, MathF.Tanh, table);
        Lookup16.Apply(input, table, output);
        for (int i = 0; i < input.Length; i++)
        {
            double exact = 32768 * Math.Tanh(input[i] * 8.0 / 32768);
            // The table's last node is one input step early, so the middle ones lie half a step off: here 4.
            // Interpolation adds 3.
            Assert.InRange(output[i], exact - 7, exact + 7);
        }
    }

    [Fact]
    public void SigmoidAndTanhOfShortsAreNearTheRealOnes()
    {
        short[] input =
            [.. Enumerable.Range(short.MinValue, 65536).Select(i => (short)i)], output = new short[input.Length];
        foreach (float scale in new[] { 1 / 4096f, 0.00037f })
        {
            SigmoidTable.Logistic(input, SigmoidTable.ScalingFor(scale, 0), output);
            for (int i = 0; i < input.Length; i++)
            {
                double exact = 32768 / (1 + Math.Exp(-input[i] * (double)scale));
                Assert.InRange(output[i], exact - 16, exact + 16);
            }
            SigmoidTable.Tanh(input, SigmoidTable.ScalingFor(scale, 1), output);
            for (int i = 0; i < input.Length; i++)
            {
                double exact = 32768 * Math.Tanh(input[i] * (double)scale);
                Assert.InRange(output[i], exact - 32, exact + 32);
            }
        }
    }
}
