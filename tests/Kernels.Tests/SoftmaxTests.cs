using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Reduce;
using Graft.Kernels.Reference;

namespace Graft.Kernels.Tests;

public sealed class SoftmaxTests
{
    [Theory]
    [InlineData(1, 1f)]
    [InlineData(7, 1f)]
    [InlineData(64, 0.5f)]
    [InlineData(1000, 2f)]
    [InlineData(20_000, 1f)]
    public void FloatRowsStayWithinTheBound(int length, float beta)
    {
        var random = new Random(length);
        float[] row = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() * 30 - 15))];
        float[] output = new float[length], logs = new float[length];
        Softmax.Apply(row, length, beta, output);
        Softmax.Log(row, length, new float[length], logs);
        double[] exact = ReferenceReduce.Softmax(row, beta), exactLog = ReferenceReduce.LogSoftmax(row);
        float most = row.Max();
        for (int i = 0; i < length; i++)
        {
            double bound = Softmax.RelativeErrorMax(beta * (row[i] - most));
            Assert.InRange(output[i] - exact[i], (-bound * exact[i]) - float.Epsilon, (bound * exact[i])
                + float.Epsilon);
            double logBound = Softmax.LogErrorMax(exactLog[i]);
            Assert.InRange(logs[i] - exactLog[i], -logBound, logBound);
        }
    }

    [Fact]
    public void ARowDoesNotDependOnItsNeighbours()
    {
        const int length = 77, rows = 9;
        float[] input = [.. FloatSample.Integers<short>(length * rows, 1).Select(value => value / 4096f)];
        float[] together = new float[input.Length], alone = new float[length];
        Softmax.Apply(input, length, 1, together);
        for (int row = 0; row < rows; row++)
        {
            Softmax.Apply(input.AsSpan(row * length, length), length, 1, alone);
            Bits.Equal<float>(together.AsSpan(row * length, length), alone, $"row {row}");
        }
        Softmax.Apply(input, length, 1, input);
        Bits.Equal<float>(together, input, "in place");
    }

    [Fact]
    public void ShortRowsHaveTheBitsOfLongOnes()
    {
        const int rows = 5;
        for (int length = 1; length <= ShortSoftmax.LengthMax; length++)
        {
            float[] input = [.. FloatSample.Integers<short>(length * rows, length).Select(value => value / 4096f)];
            input.AsSpan(length, length).Fill(float.NegativeInfinity);
            (input[2 * length], input[3 * length]) = (float.NaN, float.PositiveInfinity);
            float[] output = new float[input.Length], expected = new float[length];
            ShortSoftmax.Apply(input, length, 0.75f, output);
            for (int row = 0; row < rows; row++)
            {
                var x = input.AsSpan(row * length, length);
                Map.Apply(new Softmax.Shifted(Row.Reduce<MaximumOf<float>, float>(x), 0.75f), x, expected);
                Map.Apply(new Softmax.Normalised(Row.Reduce<SumOf<float>, float>(expected)), expected, expected);
                Bits.Equal<float>(expected, output.AsSpan(row * length, length), $"row {row} of length {length}");
            }
            ShortSoftmax.Apply(input, length, 0.75f, input);
            Bits.Equal<float>(output, input, $"length {length} in place");
        }
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(200, 6)]
    [InlineData(19, 13)]
    [InlineData(8, 64)]
    public void OrderedRowsHaveTheBitsOfPlainLoops(int rows, int length)
    {
        float[] input = [.. FloatSample.Integers<short>(length * rows, 4).Select(value => value / 4096f)];
        float[] output = new float[input.Length], exponentials = new float[length];
        OrderedSoftmax.Apply(input, length, 1.5f, output);
        for (int row = 0; row < rows; row++)
        {
            var x = input.AsSpan(row * length, length).ToArray();
            float most = x.Max(), sum = 0;
            Maths.Exp.Plain(x.Select(v => (v - most) * 1.5f).ToArray(), exponentials);
            foreach (float e in exponentials) sum += e;
            Bits.Equal<float>([.. exponentials.Select(e => e / sum)], output.AsSpan(row * length, length), $"row {row}");
        }
        OrderedSoftmax.Apply(input, length, 1.5f, input);
        Bits.Equal<float>(output, input, "in place");
    }

    [Fact]
    public void BytesAndShortsAreNearTheRealProbabilities()
    {
        // Shorts at this scale stay within the reach of the exponential's table.
        const int length = 37;
        sbyte[] q = FloatSample.Integers<sbyte>(length * 5, 2), output = new sbyte[q.Length];
        short[] wide = FloatSample.Integers<short>(length * 5, 3), wideOutput = new short[wide.Length],
            mixed = new short[q.Length];
        new Softmax8(0.04f, 1.5f).Run<sbyte, sbyte>(q, length, output);
        new Softmax8(0.04f, 1.5f).Run<sbyte, short>(q, length, mixed);
        new Softmax16(0.0001f, 1.5f).Run(wide, length, wideOutput);
        for (int row = 0; row < 5; row++)
        {
            double[] exact =
                ReferenceReduce.Softmax([.. q.Skip(row * length).Take(length).Select(v => v * 0.04f)], 1.5);
            double[] exactWide =
                ReferenceReduce.Softmax([.. wide.Skip(row * length).Take(length).Select(v => v * 0.0001f)], 1.5);
            for (int i = 0; i < length; i++)
            {
                int at = (row * length) + i;
                Assert.InRange(output[at] + 128 - (exact[i] * 256), -1.01, 0.52);
                Assert.InRange(mixed[at] + 32768 - (exact[i] * 65536), -1.5, 1.5);
                Assert.InRange(wideOutput[at] - (exactWide[i] * 32768), -6, 6);
            }
        }
    }

    [Fact]
    public void LogarithmsOfBytesAreNearTheRealOnes()
    {
        const int length = 37;
        byte[] q = FloatSample.Integers<byte>(length * 5, 4), output = new byte[q.Length];
        new LogSoftmax8(0.05f).Run<byte>(q, length, output);
        for (int row = 0; row < 5; row++)
        {
            double[] exact = ReferenceReduce.LogSoftmax([.. q.Skip(row * length).Take(length).Select(v => v * 0.05f)]);
            for (int i = 0; i < length; i++)
                Assert.InRange(output[(row * length) + i], Math.Max(0, (exact[i] * 16) + 255) - 0.51, Math.Max(0,
                    (exact[i] * 16) + 255) + 0.51);
        }
    }

    [Fact]
    public void ShortRowsOfBytesHaveTheSameBitsTogetherAndAlone()
    {
        const int rows = 43;
        var softmax = new Softmax8(0.07f, 1);
        for (int length = 1; length <= 18; length++)
        {
            sbyte[] signed = FloatSample.Integers<sbyte>(rows * length, length), alone = new sbyte[length];
            byte[] unsigned = FloatSample.Integers<byte>(rows * length, length);
            short[] wide = new short[rows * length], aloneWide = new short[length];
            sbyte[] together = [.. signed];
            softmax.Run<sbyte, sbyte>(together, length, together);
            softmax.Run<byte, short>(unsigned, length, wide);
            for (int row = 0; row < rows; row++)
            {
                softmax.Run<sbyte, sbyte>(signed.AsSpan(row * length, length), length, alone);
                softmax.Run<byte, short>(unsigned.AsSpan(row * length, length), length, aloneWide);
                Assert.Equal(alone, together[(row * length)..((row + 1) * length)]);
                Assert.Equal(aloneWide, wide[(row * length)..((row + 1) * length)]);
            }
        }
    }

    [Fact]
    public void RefusesRowsThatOverflowTheSum()
    {
        sbyte[] row = new sbyte[5000];
        Assert.Throws<ArgumentException>(() =>
            new Softmax8(0.1f, 1).Run<sbyte, sbyte>(row, row.Length, new sbyte[row.Length]));
        Assert.Throws<ArgumentException>(() => new Softmax8(0, 1));
        Assert.Equal(new QuantizedMultiplier(1 << 30, 1), FixedPoint.Quantize(1));
    }
}
