using System.Runtime.Intrinsics;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Float products at every width, against loops, bit for bit: all heights of tiles, all tails, nothing written beside them.</summary>
public sealed class GemmFloatTests
{
    private const float Guard = -77777;
    private const int Margin = 40;

    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (1, 1, 1), (1, 7, 13), (1, 200, 5), (2, 70, 33), (3, 131, 16), (4, 33, 9), (5, 48, 21), (6, 16, 64), (7, 8, 40), (9, 100, 17), (11, 24, 27),
        (12, 31, 14), (13, 65, 30), (17, 3, 50), (64, 40, 20),
    ];

    [Fact]
    public void EveryTileHasTheBitsOfALoop()
    {
        foreach (var (m, n, k) in s_sizes) AllWidths(new Case(m, n, k, Segments: 1));
    }

    [Fact]
    public void FactorsInSegmentsAreTakenInTheirOrder()
    {
        foreach (var (m, n, k) in s_sizes) AllWidths(new Case(m, n, k * 3, Segments: 3));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    public void ARowHasTheSameBitsAmongAnyNumberOfRows(int tileRows)
    {
        var all = new Case(64, 70, 37, Segments: 1);
        float[] whole = all.Run<Vector256<float>, Floats256, Fused>(tileRows, 64);
        for (int m = 1; m <= 64; m++)
        {
            float[] part = all.Run<Vector256<float>, Floats256, Fused>(tileRows, m);
            Bits.Equal<float>(whole.AsSpan(0, m * 70), part.AsSpan(0, m * 70), $"{m} of 64 rows");
        }
    }

    [Fact]
    public void AnUnpackedRightMatrixGivesTheSameBits()
    {
        const int k = 19;
        foreach (int columns in (int[])[5 * FloatPanels.Width, 2 * FloatPanels.Width + FloatPanels.Lanes])
        foreach (int m in (int[])[1, 2, 3, 4, 7])
        {
            int stride = columns + 3, panels = FloatPanels.Count(columns);
            float[] a = Floats(m * k, 1), b = Floats(k * stride, 2), packed = new float[FloatPanels.Length(k, columns)];
            FloatPanels.Pack(b, stride, 1, k, columns, packed);
            float[] expected = new float[m * columns], actual = new float[m * columns];
            LeftRows<float> left = new(a, k, m, k);
            GemmFloat.Run(new FloatProduct(left, packed, columns, default, FloatProduct.Unbounded, expected, columns), 0, panels, separate: false);
            GemmFloat.Run(new FloatProduct(left, b, columns, default, FloatProduct.Unbounded, actual, columns, strideRight: stride), 0, panels, separate: false);
            Bits.Equal<float>(expected, actual, $"{m} rows");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void PackingPutsEveryElementInItsPanel(int lanes)
    {
        foreach (var (k, n) in ((int, int)[])[(1, 1), (5, 3), (8, 8), (7, 37), (12, 64), (33, 31)])
        {
            float[] rows = Floats(k * n, 3), columns = new float[k * n];
            for (int i = 0; i < k * n; i++) columns[i % n * k + i / n] = rows[i];
            int length = (n + lanes - 1) / lanes * lanes * k;
            float[] expected = new float[length], fromRows = new float[length], fromColumns = new float[length];
            Array.Fill(fromRows, Guard);
            Array.Fill(fromColumns, Guard);
            for (int i = 0; i < k * n; i++)
            {
                int column = i % n, panel = column / (2 * lanes), width = n - panel * 2 * lanes > lanes ? 2 * lanes : lanes;
                expected[panel * 2 * lanes * k + i / n * width + column % (2 * lanes)] = rows[i];
            }
            FloatPanels.Pack(rows, n, 1, k, n, fromRows, lanes);
            FloatPanels.Pack(columns, 1, k, k, n, fromColumns, lanes);
            Bits.Equal<float>(expected, fromRows, $"{k} x {n} by rows");
            Bits.Equal<float>(expected, fromColumns, $"{k} x {n} by columns");
        }
    }

    [Fact]
    public void LeftRowsBeyondTheirValuesAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeftRows<float>(new float[9], 5, 2, 5).K);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeftRows<float>(new float[9], [0, 3], [0, 5], 2).K);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeftRows<float>(new float[9], [-1], [0], 2).K);
        Assert.Equal(4, new LeftRows<float>(new float[10], [0, 3], [0, 5], 2).K);
    }

    private static void AllWidths(Case c)
    {
        foreach (int tileRows in (int[])[6, 12])
        {
            c.Check<float, Floats1>(tileRows);
            c.Check<Vector128<float>, Floats128>(tileRows);
            c.Check<Vector256<float>, Floats256>(tileRows);
            c.Check<Vector512<float>, Floats512>(tileRows);
        }
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    /// <summary>One product: rows that overlap, columns within wider rows of the result, a bias and an addend.</summary>
    private sealed record Case(int M, int N, int K, int Segments)
    {
        private readonly float[] _a = Floats((M + 1) * (K + 3) + Segments * (K + 5), 1);
        private readonly float[] _b = Floats(N * K, 2);
        private readonly float[] _bias = Floats(N, 3);
        private readonly float[] _addend = Floats(M * (N + 2), 4);

        private int[] Starts => [.. Enumerable.Range(0, M).Select(r => r * (K + 3) - r % 2)];

        private int[] SegmentStarts => [.. Enumerable.Range(0, Segments).Select(s => s * (K / Segments + 1))];

        public void Check<V, O>(int tileRows)
            where V : unmanaged
            where O : struct, IFloats<V>
        {
            string what = $"{M} x {N} x {K} in {Segments} segments, {O.Count} lanes, tiles of {tileRows}";
            Bits.Equal<float>(Expected(fused: true), Run<V, O, Fused>(tileRows, M), $"fused {what}");
            Bits.Equal<float>(Expected(fused: false), Run<V, O, Separate>(tileRows, M), $"separate {what}");
        }

        public float[] Run<V, O, TSum>(int tileRows, int rows)
            where V : unmanaged
            where O : struct, IFloats<V>
            where TSum : struct, IMulAdd
        {
            int width = 2 * O.Count, panels = (N + width - 1) / width;
            float[] packed = new float[(N + 32) * K], memory = new float[M * (N + 1) + 2 * Margin];
            FloatPanels.Pack(_b, 1, K, K, N, packed, O.Count);
            Array.Fill(memory, Guard);
            LeftRows<float> left = Segments > 1 ? new(_a, Starts.AsSpan(0, rows), SegmentStarts, K / Segments) : new(_a, K + 3, rows, K);
            var product = new FloatProduct(left, packed, N, _bias, (-1, 1.5f), memory.AsSpan(Margin, rows * (N + 1)), N + 1, _addend, N + 2);
            GemmFloat.Panels<V, O, TSum>(product, 0, panels, tileRows);
            float[] result = new float[rows * N];
            for (int i = 0; i < memory.Length; i++)
            {
                int at = i - Margin, row = at / (N + 1), column = at % (N + 1);
                bool inside = at >= 0 && row < rows && column < N;
                if (inside) result[row * N + column] = memory[i];
                else Assert.Equal(Guard, memory[i]);
            }
            return result;
        }

        private float[] Expected(bool fused)
        {
            float[] c = new float[M * N];
            int[] starts = Segments > 1 ? Starts : [.. Enumerable.Range(0, M).Select(r => r * (K + 3))];
            int length = K / Segments;
            for (int i = 0; i < c.Length; i++)
            {
                int row = i / N, column = i % N;
                float sum = fused ? _bias[column] : 0;
                for (int k = 0; k < K; k++)
                {
                    float x = _a[starts[row] + SegmentStarts[k / length] + k % length], y = _b[column * K + k];
                    sum = fused && Isa.HasFma ? MathF.FusedMultiplyAdd(x, y, sum) : sum + x * y;
                }
                if (!fused) sum += _bias[column];
                c[i] = Math.Min(1.5f, Math.Max(-1, sum + _addend[row * (N + 2) + column]));
            }
            return c;
        }
    }
}
