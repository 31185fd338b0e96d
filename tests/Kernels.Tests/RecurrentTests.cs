using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Kernels.Reference;

namespace Graft.Kernels.Tests;

public sealed class RecurrentTests
{
    private const int LengthMax = 37;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FloatProductsHaveTheBitsOfPlainLoops(bool pairs)
    {
        foreach (int k in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 31, 64])
        {
            for (int columns = 1; columns <= LengthMax; columns += 3)
            {
                const int rows = 3;
                float[] a = Numbers(rows * k, k), b = Numbers(columns * k, columns), sums = Numbers(rows * columns, 7);
                float[] packed = new float[FloatPanels.Length(k, columns)], expected = [.. sums];
                FloatPanels.Pack(b, 1, k, k, columns, packed);
                for (int i = 0; i < expected.Length; i++)
                {
                    int row = i / columns, column = i % columns;
                    expected[i] = NaiveDot.Add(expected[i], a.AsSpan(row * k, k), b.AsSpan(column * k, k), pairs);
                }
                if (pairs) GemvFloat.Add<PartsInPairs>(a, rows, k, packed, columns, sums);
                else GemvFloat.Add<PartsInOrder>(a, rows, k, packed, columns, sums);
                Bits.Equal<float>(expected, sums, $"k {k}, {columns} columns");
            }
        }
    }

    [Fact]
    public void FloatProductsAreWithinTheBound()
    {
        const int k = 65, columns = 9;
        float[] a = Numbers(k, 1), b = Numbers(columns * k, 2), sums = new float[columns], packed = new float[FloatPanels.Length(k, columns)];
        FloatPanels.Pack(b, 1, k, k, columns, packed);
        GemvFloat.Add<PartsInPairs>(a, 1, k, packed, columns, sums);
        for (int n = 0; n < columns; n++)
        {
            double exact = 0, magnitude = 0;
            for (int i = 0; i < k; i++)
            {
                exact += (double)a[i] * b[n * k + i];
                magnitude += Math.Abs((double)a[i] * b[n * k + i]);
            }
            Assert.InRange(Math.Abs(sums[n] - exact), 0, (k / 4 + 7) * Math.ScaleB(1, -24) * magnitude);
        }
    }

    [Fact]
    public void IntegerCellsHaveTheBitsOfTheirFormula()
    {
        for (int n = 1; n <= LengthMax; n++)
        {
            short[] forget = Shorts(n, 1, 0), input = Shorts(n, 2, 0), candidate = Shorts(n, 3, short.MinValue), state = Shorts(n, 4, short.MinValue);
            foreach (short clip in (short[])[0, 12345])
            {
                foreach (bool coupled in (bool[])[false, true])
                {
                    short[] expected = new short[n], actual = [.. state];
                    for (int i = 0; i < n; i++)
                    {
                        int gate = coupled ? short.MaxValue - forget[i] : input[i];
                        int sum = FixedPoint.DivideByPot(forget[i] * state[i], 15) + FixedPoint.DivideByPot(gate * candidate[i], 19);
                        expected[i] = clip > 0 ? (short)Math.Clamp(sum, -clip, clip) : short.CreateSaturating(sum);
                    }
                    LstmIntMath.UpdateCell(coupled ? default : input, forget, candidate, 19, clip, actual);
                    Bits.Equal<short>(expected, actual, $"{n} cells");
                }
            }
        }
    }

    [Fact]
    public void IntegerSumsSaturateAndWrapAsTheirFormula()
    {
        var factor = FixedPoint.Quantize(3.7e-5);
        for (int n = 1; n <= LengthMax; n++)
        {
            var random = new Random(n);
            int[] sums = [.. Enumerable.Range(0, n).Select(_ => random.Next(int.MinValue, int.MaxValue))], bias = [.. Enumerable.Range(0, n).Select(_ => random.Next(int.MinValue, int.MaxValue))];
            short[] target = Shorts(n, 5, short.MinValue), expected = new short[n];
            for (int i = 0; i < n; i++) expected[i] = short.CreateSaturating(FixedPoint.Multiply(unchecked(sums[i] + bias[i]), factor) + 11 + target[i]);
            LstmIntMath.AddScaled(sums, bias, factor, 11, target);
            Bits.Equal<short>(expected, target, $"{n} sums");
        }
    }

    [Fact]
    public void ANormOfIntegersHasTheBitsOfItsFormula()
    {
        var factor = FixedPoint.Quantize(0.004);
        for (int n = 1; n <= LengthMax; n++)
        {
            short[] row = Shorts(n, 6, short.MinValue), weights = Shorts(n, 7, short.MinValue), expected = new short[n];
            int[] bias = [.. Enumerable.Range(0, n).Select(i => i * 10_000_019)];
            long sum = row.Sum(x => (long)x), squares = row.Sum(x => (long)x * x);
            int mean = (int)(sum * 1024 / n), variance = (int)((squares * ((1 << 20) / n) - (long)mean * mean) / (1 << 20));
            var inverse = InverseSquareRoot.Of(variance < 1 ? 40 : variance);
            for (int i = 0; i < n; i++)
            {
                long weighted = unchecked(FixedPoint.Multiply(1024 * row[i] - mean, inverse) * weights[i] + bias[i]);
                int rounded = (int)((weighted > 0 ? weighted + 512 : weighted - 512) / 1024);
                expected[i] = short.CreateSaturating(FixedPoint.Multiply(rounded, factor with { Shift = factor.Shift + 12 }));
            }
            LstmIntNorm.Apply(row, weights, bias, factor, 40);
            Bits.Equal<short>(expected, row, $"{n} elements");
        }
    }

    [Fact]
    public void BoundedActivationsTurnNaNIntoTheirLowerBoundAndAClipIntoItsUpperOne()
    {
        float[] values = [float.NaN, -0f, 7, -3];
        Assert.Equal([0, 0, 7, 0], Applied(Activations.Relu, values));
        Assert.Equal([0, 0, 6, 0], Applied(Activations.Relu6, values));
        Assert.Equal([-1, -0f, 1, -1], Applied(Activations.ReluN1To1, values));
        Assert.Equal([1, 0, 1], Applied(Activations.SignBit, [-0f, 7, -3]));
        Assert.Equal([2, -0f, 2, -2], Applied(x => LstmMath.Clip(x, 2), values));
    }

    [Fact]
    public void AWindowMovesByOneFeature()
    {
        int[] state = [1, 2, 3, 4, 5, 6];
        SvdfMath.Advance([70, 80], 3, state.AsSpan());
        Assert.Equal([2, 3, 70, 5, 6, 80], state);
    }

    private static float[] Applied(VectorFunction function, float[] values)
    {
        float[] copy = [.. values];
        function(copy);
        return copy;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static short[] Shorts(int count, int seed, int low)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (short)random.Next(low, short.MaxValue + 1))];
    }
}
