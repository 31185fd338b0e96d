using System.Numerics;
using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>What becomes of the sums of a panel, for panels of every width, against the formulas in plain code.</summary>
public sealed class PanelTests
{
    public static TheoryData<int> Widths => [2, 8, 16, 32];

    private static readonly int[] EdgeSums =
    [
        0, 1, -1, 2, -2, 3, -3, 127, 128, 129, -127, -128, -129, 1 << 20, -(1 << 20), (1 << 30) - 1, 1 - (1 << 30), 1 << 30, -(1 << 30),
        int.MaxValue, int.MinValue, int.MaxValue - 1, int.MinValue + 1,
    ];

    [Theory]
    [MemberData(nameof(Widths))]
    public void ArrangedColumnsComeBackInNaturalOrder(int width)
    {
        int[] natural = FloatSample.Integers<int>(width, 1), panel = new int[width], back = new int[width];
        PanelSums.Arrange(natural, panel);
        for (int i = 0; i < width; i++) Assert.Equal(natural[PanelOrder.Column(i, width)], panel[i]);
        PanelSums.Write(panel, width, new(back, width, 1, width));
        Assert.Equal(natural, back);
        PanelSums.Arrange(natural.AsSpan(0, width - 1), panel);
        Assert.Equal(0, panel[^1]);
        Assert.Equal(Enumerable.Range(0, width), Enumerable.Range(0, width).Select(i => PanelOrder.Column(i, width)).Order());
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void TwoRoundingsAgreeWithTheirDefinition(int width)
    {
        var random = new Random(5);
        foreach (int shift in new[] { -31, -30, -17, -9, -8, -1, 0, 1, 5, 30 })
        {
            Outputs<TwoRoundings, sbyte>(width, AllSums(random, shift, int.MaxValue), shift, new(-11, -128, 127), random);
            Outputs<TwoRoundings, byte>(width, AllSums(random, shift, int.MaxValue), shift, new(128, 128, 255), random);
            Outputs<TwoRoundings, short>(width, AllSums(random, shift, int.MaxValue), shift, new(0, -32768, 32767), random);
            if (shift >= 0) continue;
            int greatest = (int)(int.MaxValue - (1L << (-shift - 1)));
            Outputs<TwoRoundingsBounded, sbyte>(width, AllSums(random, shift, greatest), shift, new(127, -100, 101), random);
            Outputs<TwoRoundingsBounded, byte>(width, AllSums(random, shift, greatest), shift, new(0, 0, 255), random);
            Outputs<TwoRoundingsBounded, short>(width, AllSums(random, shift, greatest), shift, new(0, -32768, 32767), random);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void OneRoundingAgreesWithItsDefinition(int width)
    {
        var random = new Random(6);
        for (int shift = OneRounding.ShiftMin; shift <= OneRounding.ShiftMax; shift++)
        {
            Outputs<OneRounding, short>(width, AllSums(random, shift, int.MaxValue), shift, new(0, -32768, 32767), random);
            Outputs<OneRounding, short>(width, AllSums(random, shift, int.MaxValue), shift, new(7, -300, 20000), random);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void DoubleProductsRoundHalvesAwayFromZero(int width)
    {
        var random = new Random(7);
        foreach (double scale in new[] { 0.5, 0.25, 1, 0.001953125, 0.0123, 1e-7, 3.7, 1e6, 0.49999999999999994 })
        {
            int[] sums = AllSums(random, -9, int.MaxValue);
            double[] factors = [.. Enumerable.Range(0, width).Select(i => i % 3 == 0 ? scale : scale * random.NextDouble())];
            Rows<sbyte>(width, sums, new(3, -128, 127), (s, n, output) => Requantize.Double<sbyte>(s, factors[n], output),
                (panel, output, target) => PanelRequantize.WriteDouble(panel, width, Arranged(factors, width), output, target));
            Rows<short>(width, sums, new(0, -32768, 32767), (s, n, output) => Requantize.Double<short>(s, factors[n], output),
                (panel, output, target) => PanelRequantize.WriteDouble(panel, width, Arranged(factors, width), output, target));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void FloatsHaveTheBitsOfTheirFormula(int width)
    {
        const int rows = 3;
        float[] scales = Floats(width, 1), bias = Floats(width, 2), rowScales = Floats(rows, 3);
        int[] sums = FloatSample.Integers<int>(rows * width, 4), columnSums = FloatSample.Integers<int>(width, 5), zeroPoints = [-128, 0, 131];
        foreach (int columns in Enumerable.Range(1, width))
        {
            foreach ((bool first, bool biased, bool corrected) in new[] { (true, true, false), (false, true, true), (true, false, true), (false, false, false) })
            {
                float[] output = new float[rows * (width + 1)], expected = new float[output.Length];
                for (int i = 0; i < rows * columns; i++)
                {
                    int r = i / columns, n = i % columns, at = r * width + Position(n, width);
                    int sum = corrected ? sums[at] - zeroPoints[r] * columnSums[Position(n, width)] : sums[at];
                    float value = (first ? sum * (rowScales[r] * scales[n]) : sum * scales[n] * rowScales[r]) + (biased ? bias[n] : 0);
                    expected[r * (width + 1) + n] = Math.Min(Math.Max(value, -2e8f), 3e8f);
                }
                var floats = new PanelFloats(scales, biased ? bias : default, rowScales, first, (-2e8f, 3e8f))
                {
                    ColumnSums = corrected ? columnSums : default,
                    RowZeroPoints = zeroPoints,
                };
                floats.Write(sums, width, new(output, width + 1, rows, columns));
                Bits.Equal<float>(expected, output, $"{columns} of {width} columns");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void BlocksAddUpColumnByColumn(int width)
    {
        const int rows = 2;
        float[] scales = Floats(width, 1), totals = Floats(rows * width, 2), rowScales = Floats(rows, 3), bias = Floats(width, 4);
        int[] sums = FloatSample.Integers<int>(rows * width, 5);
        float[] expected = new float[rows * width], output = new float[rows * width];
        for (int i = 0; i < expected.Length; i++)
        {
            int at = i / width * width + Position(i % width, width);
            float total = totals[at] + sums[at] * scales[Position(i % width, width)];
            expected[i] = Math.Min(Math.Max(total * rowScales[i / width] + bias[i % width], -1e8f), 1e8f);
        }
        PanelBlocks.Add(sums, width, scales, totals);
        PanelBlocks.Write(totals, width, rowScales, bias, (-1e8f, 1e8f), new(output, width, rows, width));
        Bits.Equal<float>(expected, output, "blocks");
    }

    private static void Outputs<TScale, TOut>(int width, int[] sums, int shift, PanelRequantize.Output output, Random random)
        where TScale : struct, IPanelScale
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        QuantizedMultiplier[] multipliers = [.. Enumerable.Range(0, width).Select(i => new QuantizedMultiplier(i == 0 ? 1 << 30 : i == 1 ? int.MaxValue : random.Next(1 << 30, int.MaxValue), shift))];
        bool once = typeof(TScale) == typeof(OneRounding), bounded = typeof(TScale) == typeof(TwoRoundingsBounded);
        int[] a = Arranged([.. multipliers.Select(m => once ? m.ReducedMantissa << (m.Shift - OneRounding.ShiftMin) : m.Mantissa)], width);
        int[] b = Arranged([.. multipliers.Select(m => bounded ? 1 << (m.RightShift - 1) : m.LeftShift)], width), c = Arranged([.. multipliers.Select(m => m.RightShift)], width);
        Rows<TOut>(width, sums, output, (sum, n, o) =>
        {
            var m = multipliers[n];
            int scaled = once ? ReferenceFixedPoint.MultiplyReduced(sum, m.Mantissa, m.Shift) : ReferenceFixedPoint.Multiply(sum, m.Mantissa, m.Shift);
            return TOut.CreateTruncating(Math.Clamp(unchecked(scaled + o.ZeroPoint), o.Min, o.Max));
        }, (panel, o, target) => PanelRequantize.Write<TScale, TOut>(panel, width, a, b, c, o, target));

        // Panels side by side, each with numbers of its own.
        int rows = sums.Length / width;
        int[] all = [.. Enumerable.Range(0, rows * width).Select(i => a[(i + i / width) % width])], allB = Repeated(b, rows), allC = Repeated(c, rows);
        TOut[] expected = new TOut[rows * width], actual = new TOut[expected.Length];
        for (int r = 0; r < rows; r++)
            PanelRequantize.Write<TScale, TOut>(sums.AsSpan(r * width, width), width, all.AsSpan(r * width, width), b, c, output, new(expected.AsSpan(r * width), width, 1, width));
        PanelRequantize.Write<TScale, TOut>(sums, width, all, allB, allC, output, new(actual, width, rows, width), across: true);
        Bits.Equal<TOut>(expected, actual, $"panels of {width} side by side");
    }

    private static int[] Repeated(int[] values, int times) => [.. Enumerable.Repeat(values, times).SelectMany(v => v)];

    private delegate TOut PlainOutput<TOut>(int sum, int column, PanelRequantize.Output output);

    private delegate void PanelOutput<TOut>(ReadOnlySpan<int> panel, PanelRequantize.Output output, PanelTarget<TOut> target) where TOut : unmanaged;

    /// <summary>All sums as rows of a panel; every number of columns, with guards round each row's.</summary>
    private static void Rows<TOut>(int width, int[] sums, PanelRequantize.Output output, PlainOutput<TOut> plain, PanelOutput<TOut> write)
        where TOut : unmanaged, IBinaryInteger<TOut>
    {
        int rows = sums.Length / width;
        TOut guard = TOut.CreateTruncating(0x5A);
        foreach (int columns in new[] { width, Math.Max(1, width - 1), width / 2, 1 }.Distinct())
        {
            int stride = columns + 1;
            TOut[] expected = new TOut[rows * stride + 1], actual = new TOut[expected.Length];
            Array.Fill(expected, guard);
            Array.Fill(actual, guard);
            for (int i = 0; i < rows * columns; i++)
            {
                int r = i / columns, n = i % columns;
                expected[1 + r * stride + n] = plain(sums[r * width + Position(n, width)], n, output);
            }
            write(sums, output, new(actual.AsSpan(1), stride, rows, columns));
            Bits.Equal<TOut>(expected, actual, $"{columns} of {width} columns as {typeof(TOut).Name}");
        }
    }

    /// <summary>Edges, ties of the last division, and others, none greater than a bound in magnitude.</summary>
    private static int[] AllSums(Random random, int shift, int greatest)
    {
        int unit = 1 << Math.Clamp(-shift, 0, 24);
        IEnumerable<int> ties = Enumerable.Range(-40, 80).Select(i => (int)Math.Clamp((2L * i + 1) * unit, -greatest, greatest));
        IEnumerable<int> others = Enumerable.Range(0, 89).Select(i => random.Next(-greatest, greatest) >> random.Next(0, 24));
        int[] sums = [.. EdgeSums.Select(s => (int)Math.Clamp((long)s, -(long)greatest - (greatest == int.MaxValue ? 1 : 0), greatest)), .. ties, .. others];
        Array.Resize(ref sums, sums.Length / 32 * 32);
        return sums;
    }

    private static T[] Arranged<T>(T[] natural, int width) => PanelOrder.Arrange<T>(natural, width, default!);

    private static int Position(int column, int width) => Enumerable.Range(0, width).First(i => PanelOrder.Column(i, width) == column);

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
