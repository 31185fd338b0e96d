using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Integer products in every way there is, whatever this CPU has, against plain loops.</summary>
public sealed class IntProductTests
{
    public static TheoryData<string> Ways => [.. GemmInt.All.Select(g => g.Name)];

    private static GemmInt Way(string name) => GemmInt.All.Single(g => g.Name == name);

    [Fact]
    public void TheFirstWayThatTheProcessorHasIsChosen()
    {
        Assert.Equal(GemmInt.All.Count(), GemmInt.All.Select(g => g.Name).Distinct().Count());
        GemmInt narrow = GemmInt.Select(false, false), words = GemmInt.Select(true, false), wide = GemmInt.Select(false, true);
        Assert.All([narrow, words, wide], g => Assert.True(g.IsSupported));
        Assert.Equal(GemmInt.All.First(g => g.IsSupported), narrow);
        Assert.Equal(LeftFactors.Int16, words.Left);
        Assert.Equal(0, 6 % GemmInt.Select(false, false, 6).Group);
        Assert.Equal((int)Isa.Current / 16, wide.PanelWidth == 2 ? (int)Isa.Current / 16 : wide.PanelWidth);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void SumsAgreeWithPlainLoops(string name)
    {
        GemmInt way = Way(name);
        int width = way.PanelWidth;
        foreach (int k in new[] { 1, 2, 3, 4, 5, 7, 8, 31, 64, 1029 })
        {
            foreach (int columns in new[] { 1, width - 1, width, width + 1, 2 * width + 3 })
            {
                Check<sbyte, sbyte>(way, 7, k, columns, 5, 0, false);
                Check<byte, sbyte>(way, 3, k, columns, 200, 0, false);
            }
        }
        foreach (int rows in new[] { 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 48 }) Check<sbyte, sbyte>(way, rows, 40, width + 1, -9, 0, false);
        Check<sbyte, sbyte>(way, 13, 5000, 3, -128, 0, true);
        Check<byte, sbyte>(way, 13, 5000, 3, 255, 0, true);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void WordsTakeWideActivationsAndWeightsWithZeroPoints(string name)
    {
        GemmInt way = Way(name);
        if (way.Left != LeftFactors.Int16) return;
        Check<short, sbyte>(way, 7, 37, 2 * way.PanelWidth + 1, 0, 0, false);
        Check<short, sbyte>(way, 7, 200, 5, 0, 0, true);
        if (!name.Contains("i16i16", StringComparison.Ordinal)) return;
        Check<byte, byte>(way, 7, 37, way.PanelWidth + 1, 255, 255, true);
        Check<byte, byte>(way, 7, 37, way.PanelWidth + 1, 3, 77, false);
        Check<sbyte, sbyte>(way, 7, 37, way.PanelWidth + 1, -128, 127, true);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void RangesOfFactorsAddUp(string name)
    {
        GemmInt way = Way(name);
        const int rows = 5, k = 29;
        var (left, right, packed) = Operands<sbyte, sbyte>(way, rows, k, way.PanelWidth, 0, 0, false);
        int[] start = new int[way.PanelWidth], sums = new int[rows * way.PanelWidth], part = new int[sums.Length];
        foreach ((int begin, int end) in new[] { (0, 8), (8, 24), (24, k) })
        {
            int word = begin / way.Group;
            way.Run(new(Factors(way, left, k, 0, rows).AsSpan(word * sizeof(int)), way.RowBytes(k), rows, way.RowBytes(end) - word * sizeof(int)), k, word, packed, 0, start, part);
            for (int i = 0; i < sums.Length; i++) sums[i] += part[i];
        }
        int zero = LeftRow.ZeroPoint<sbyte>(way.Left, 0);
        ReadOnlySpan<int> columnSums = way.ColumnSums(packed, 0, k);
        for (int i = 0; i < sums.Length; i++)
        {
            int column = PanelOrder.Column(i % way.PanelWidth, way.PanelWidth);
            int correction = columnSums.IsEmpty ? 0 : zero * columnSums[i % way.PanelWidth];
            Assert.Equal(Plain(left, 0, right, 0, i / way.PanelWidth, column, k), sums[i] - correction);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void OneRowHasTheSameSumsWithPanelsSideBySide(string name)
    {
        GemmInt way = Way(name);
        foreach (int k in new[] { 1, 7, 64, 1029 })
        {
            int panels = 3, columns = panels * way.PanelWidth;
            var (left, _, packed) = Operands<sbyte, sbyte>(way, 1, k, columns, 0, 0, false);
            int[] start = FloatSample.Integers<int>(columns, 4), sums = [.. start], expected = new int[columns];
            var row = new LeftRows<byte>(Factors(way, left, k, 0, 1), way.RowBytes(k), 1, way.RowBytes(k));
            for (int panel = 0; panel < panels; panel++)
                way.Run(row, k, 0, packed, panel, start.AsSpan(panel * way.PanelWidth), expected.AsSpan(panel * way.PanelWidth));
            way.RunAcross(row, k, packed, 0, panels, sums);
            Assert.Equal(expected, sums);
        }
    }

    [Fact]
    public void RefusesWhatWouldLeaveItsSpans()
    {
        GemmInt way = GemmInt.Select(true, false);
        int[] start = new int[way.PanelWidth], sums = new int[2 * way.PanelWidth];
        byte[] left = new byte[2 * way.RowBytes(8)], packed = new byte[way.PackedBytes(8, 1)];
        int bytes = way.RowBytes(8);
        way.Run(new(left, bytes, 2, bytes), 8, 0, packed, 0, start, sums);
        Assert.Throws<ArgumentOutOfRangeException>(() => way.Run(new(left, bytes, 3, bytes), 8, 0, packed, 0, start, new int[3 * way.PanelWidth]));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.Run(new(left, bytes, 2, bytes), 8, 0, packed, 1, start, sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.Run(new(left, bytes, 2, bytes), 8, 0, packed, 0, start, new int[2 * way.PanelWidth - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.Run(new(left, bytes, 1, bytes + sizeof(int)), 8, 0, packed, 0, start, sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.Run(new(left, bytes, 2, bytes), 8, 1, packed, 0, start, sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.RunAcross(new(left, bytes, 2, bytes), 8, packed, 0, 1, sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.RunAcross(new(left, bytes, 1, bytes), 8, packed, 0, 2, sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => way.RunAcross(new(left, bytes, 1, bytes), 8, packed, 0, 1, new int[way.PanelWidth - 1]));
        Assert.Throws<ArgumentException>(() => way.Run(new(left, bytes, 1, bytes - 1), 8, 0, packed, 0, start, sums));
    }

    private static void Check<TLeft, TRight>(GemmInt way, int rows, int k, int columns, int zeroPoint, int rightZeroPoint, bool extreme)
        where TLeft : unmanaged, IBinaryInteger<TLeft>, IMinMaxValue<TLeft>
        where TRight : unmanaged, IBinaryInteger<TRight>, IMinMaxValue<TRight>
    {
        var (left, right, packed) = Operands<TLeft, TRight>(way, rows, k, columns, zeroPoint, rightZeroPoint, extreme);
        const int guard = 0x5A5A5A5A;
        for (int panel = 0; panel < way.PanelCount(columns); panel++)
        {
            int[] start = FloatSample.Integers<int>(way.PanelWidth, panel), room = new int[way.PanelWidth], sums = new int[(rows + 1) * way.PanelWidth];
            Array.Fill(sums, guard);
            var first = way.Correct(packed, panel, 1, k, LeftRow.ZeroPoint<TLeft>(way.Left, zeroPoint), start, room);
            way.Run(new(Factors(way, left, k, zeroPoint, rows), way.RowBytes(k), rows, way.RowBytes(k)), k, 0, packed, panel, first, sums);
            for (int i = 0; i < rows * way.PanelWidth; i++)
            {
                int position = i % way.PanelWidth, column = panel * way.PanelWidth + PanelOrder.Column(position, way.PanelWidth);
                int expected = start[position] + (column < columns ? Plain(left, zeroPoint, right, rightZeroPoint, i / way.PanelWidth, column, k) : 0);
                Assert.True(expected == sums[i], $"{way.Name} {rows}x{k}x{columns}: row {i / way.PanelWidth} column {column} is {sums[i]}, expected {expected}");
            }
            Assert.All(sums[(rows * way.PanelWidth)..], s => Assert.Equal(guard, s));
        }
    }

    private static (TLeft[] Left, TRight[] Right, byte[] Packed) Operands<TLeft, TRight>(GemmInt way, int rows, int k, int columns, int zeroPoint, int rightZeroPoint, bool extreme)
        where TLeft : unmanaged, IBinaryInteger<TLeft>, IMinMaxValue<TLeft>
        where TRight : unmanaged, IBinaryInteger<TRight>, IMinMaxValue<TRight>
    {
        TLeft[] left = FloatSample.Integers<TLeft>(rows * k, 1);
        TRight[] right = FloatSample.Integers<TRight>(columns * k, 2);
        if (extreme)
        {
            // What is farthest from the zero points, on both sides.
            Array.Fill(left, zeroPoint > 0 ? TLeft.MinValue : TLeft.MaxValue);
            for (int i = 0; i < right.Length; i++) right[i] = i / k % 2 == 0 ? TRight.MinValue : TRight.MaxValue;
        }
        byte[] packed = new byte[way.PackedBytes(k, columns)];
        way.Pack<TRight>(right, rightZeroPoint, 1, k, k, columns, packed);
        return (left, right, packed);
    }

    private static byte[] Factors<TLeft>(GemmInt way, TLeft[] left, int k, int zeroPoint, int rows) where TLeft : unmanaged, IBinaryInteger<TLeft>
    {
        byte[] factors = new byte[rows * way.RowBytes(k) + LeftRow.Slack];
        // What follows a row's factors may be anything.
        Array.Fill(factors, (byte)0xA5);
        for (int r = 0; r < rows; r++) LeftRow.Convert<TLeft>(way.Left, left, r * k, k, TLeft.CreateTruncating(zeroPoint), factors.AsSpan(r * way.RowBytes(k)));
        return factors;
    }

    private static int Plain<TLeft, TRight>(TLeft[] left, int zeroPoint, TRight[] right, int rightZeroPoint, int row, int column, int k)
        where TLeft : unmanaged, IBinaryInteger<TLeft>
        where TRight : unmanaged, IBinaryInteger<TRight>
    {
        int sum = 0;
        for (int i = 0; i < k; i++) sum += (int.CreateTruncating(left[row * k + i]) - zeroPoint) * (int.CreateTruncating(right[column * k + i]) - rightZeroPoint);
        return sum;
    }
}
