using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>What low-rank factors take: dots of rows, updates of sums, products that go on with the terms of a second one, checks and scaled packing.</summary>
public sealed class LowRankTests
{
    private static readonly (int M, int N, int K)[] s_dots = [(1, 1, 1), (1, 4, 160), (1, 5, 37), (1, 16, 33), (2, 3, 8), (3, 8, 50), (7, 4, 512), (64, 6, 29)];

    [Fact]
    public void ADotHasTheBitsOfItsLanes()
    {
        foreach (var (m, n, k) in s_dots)
        {
            int stride = k + 3;
            float[] a = Floats(m * stride, 1), b = Floats(n * k, 2), expected = new float[m * n], actual = new float[m * n];
            for (int i = 0; i < expected.Length; i++) expected[i] = Dot(a.AsSpan(i / n * stride, k), b.AsSpan(i % n * k, k));
            FloatDots.Run(a, stride, m, b, n, k, actual);
            Bits.Equal<float>(expected, actual, $"{m} x {n} x {k}");
        }
    }

    [Fact]
    public void DotsOfTooFewNumbersAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatDots.Run(new float[9], 5, 2, new float[10], 2, 5, new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatDots.Run(new float[10], 5, 2, new float[9], 2, 5, new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatDots.Run(new float[10], 5, 2, new float[10], 2, 5, new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatUpdate.Run(new float[9], 2, 5, new float[1000], 7, new float[14]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatUpdate.Run(new float[10], 2, 5, new float[5], 7, new float[14]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatUpdate.Run(new float[10], 2, 5, new float[1000], 7, new float[13]));
    }

    [Fact]
    public void AProductGoesOnWithTheTermsOfASecondOne()
    {
        foreach (var (m, n, k) in ((int, int, int)[])[(1, 5, 14), (1, 200, 20), (2, 70, 33), (3, 131, 16), (6, 16, 40), (13, 65, 30), (40, 24, 21)])
        {
            for (int rank = 1; rank <= 9; rank++)
            {
                float[] a = Floats(m * k, 1), h = Floats(m * rank, 2), b = Floats(k * n, 3), e = Floats(rank * n, 4), bias = Floats(n, 5);
                float[] both = new float[m * (k + rank)], whole = new float[m * n], joined = new float[m * n], updated = new float[m * n];
                for (int row = 0; row < m; row++)
                {
                    a.AsSpan(row * k, k).CopyTo(both.AsSpan(row * (k + rank)));
                    h.AsSpan(row * rank, rank).CopyTo(both.AsSpan(row * (k + rank) + k));
                }
                int panels = FloatPanels.Count(n);
                var (low, high) = (-0.4f, 0.9f);
                float[] first = Packed(b, k, n), second = Packed(e, rank, n);
                GemmFloat.Run(new FloatProduct(new(both, k + rank, m, k + rank), Packed([.. b, .. e], k + rank, n), n, bias, (low, high), whole, n), 0, panels, separate: false);
                GemmFloat.Run(new FloatProduct(new FloatProduct(new(a, k, m, k), first, n, bias, (low, high), joined, n), h, rank, second), 0, panels, separate: false);
                GemmFloat.Run(new FloatProduct(new(a, k, m, k), first, n, bias, FloatProduct.Unbounded, updated, n), 0, panels, separate: false);
                FloatUpdate.Run(h, m, rank, second, n, updated);
                for (int i = 0; i < updated.Length; i++) updated[i] = Math.Min(high, Math.Max(low, updated[i]));
                Bits.Equal<float>(whole, joined, $"joined {m} x {n} x {k}, rank {rank}");
                Bits.Equal<float>(whole, updated, $"updated {m} x {n} x {k}, rank {rank}");
            }
        }
    }

    [Fact]
    public void PackingScalesOnTheWay()
    {
        float[] b = Floats(33 * 21, 1), scaled = [.. b.Select(v => v * 0.3f)], packed = new float[FloatPanels.Length(33, 21)];
        FloatPanels.Pack(b, 21, 1, 33, 21, packed, 0.3f);
        Bits.Equal<float>(Packed(scaled, 33, 21), packed, "scaled");
    }

    [Fact]
    public void NumbersThatAreNoneAreFound()
    {
        foreach (int length in (int[])[0, 1, 7, 8, 9, 4096, 4099, 9000])
        {
            float[] values = Floats(length, 1);
            if (length > 0) values[0] = float.MaxValue;
            Assert.Equal(-1, Finite.IndexOfOther(values));
            foreach (int at in new[] { 0, length / 2, length - 1 }.Where(i => i >= 0 && i < length))
            {
                foreach (float other in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, -float.NaN])
                {
                    float kept = values[at];
                    values[at] = other;
                    Assert.Equal(at, Finite.IndexOfOther(values));
                    values[at] = kept;
                }
            }
        }
    }

    private static float[] Packed(float[] b, int k, int n)
    {
        float[] packed = new float[FloatPanels.Length(k, n)];
        FloatPanels.Pack(b, n, 1, k, n, packed);
        return packed;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float[] lanes = new float[FloatPanels.Lanes];
        for (int i = 0; i < a.Length; i++)
        {
            ref float sum = ref lanes[i % lanes.Length];
            sum = Isa.HasFma ? MathF.FusedMultiplyAdd(a[i], b[i], sum) : sum + a[i] * b[i];
        }
        for (int half = lanes.Length / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }
        return lanes[0];
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
