using Graft.Kernels.Sort;

namespace Graft.Kernels.Tests;

/// <summary>The largest elements, and distinct values, against sorting and a dictionary.</summary>
public sealed class SortTests
{
    [Fact]
    public void TheLargestComeInFallingOrderAndEqualOnesByPosition()
    {
        var random = new Random(5);
        for (int round = 0; round < 500; round++)
        {
            var row = new float[random.Next(1, 60)];
            for (int i = 0; i < row.Length; i++) row[i] = random.Next(8) == 0 ? float.NaN : random.Next(-4, 5);
            var best = new int[random.Next(row.Length + 1)];
            TopK.Run<float>(row, best);
            int[] expected = [.. Enumerable.Range(0, row.Length).OrderBy(i => float.IsNaN(row[i])).ThenByDescending(i =>
                row[i]).ThenBy(i => i).Take(best.Length)];
            Assert.Equal(expected, best);
        }
    }

    [Fact]
    public void LongRowsPassOverWhatIsNotGreater()
    {
        Rows<float>(v => v % 9 == 0 ? float.NaN : v);
        Rows<double>(v => v);
        Rows<sbyte>(v => (sbyte)v);
        Rows<ushort>(v => (ushort)v);
        Rows<long>(v => v);
        Rows<Half>(v => v % 9 == 0 ? Half.NaN : (Half)v);
    }

    private static void Rows<T>(Func<int, T> make) where T : unmanaged, System.Numerics.IBinaryNumber<T>
    {
        var random = new Random(7);
        foreach (int length in (int[])[1, 15, 16, 17, 33, 64, 65, 129, 300])
        {
            foreach (int k in (int[])[1, 2, 7, 40])
            {
                if (k > length) continue;
                T[] row = [.. Enumerable.Range(0, length).Select(_ => make(random.Next(1, 100)))];
                int[] best = new int[k];
                TopK.Run<T>(row, best);
                int[] expected = [.. Enumerable.Range(0, length).OrderBy(i => T.IsNaN(row[i])).ThenByDescending(i => row[i]).ThenBy(i => i).Take(k)];
                Assert.Equal(expected, best);
            }
        }
    }

    [Fact]
    public void DistinctValuesAreNumberedByFirstAppearance()
    {
        var random = new Random(6);
        for (int round = 0; round < 500; round++)
        {
            var values = new float[random.Next(50)];
            for (int i = 0; i < values.Length; i++) values[i] = random.Next(-5, 6) * 0.5f;
            var numbers = new int[values.Length];
            int count = Distinct.Number<float>(values, new float[values.Length], new int[values.Length], numbers);
            var seen = new Dictionary<float, int>();
            foreach (float value in values) seen.TryAdd(value, seen.Count);
            Assert.Equal(seen.Count, count);
            Assert.Equal(values.Select(v => seen[v]), numbers);
        }
        Assert.Equal([0, 1, 1, 2, 2, 1], Numbers([2, 1, float.NaN, 0, float.NaN, 1]));
        Assert.Equal([0, 0, 0, 0], Numbers([float.NaN, 1, float.NaN, 0]));
        Assert.Equal([0, 0, 1], Numbers([-0f, 0, 1]));
    }

    private static int[] Numbers(float[] values)
    {
        var numbers = new int[values.Length];
        int count = Distinct.Number<float>(values, new float[values.Length], new int[values.Length], numbers);
        Assert.Equal(numbers.Max() + 1, count);
        return numbers;
    }
}
