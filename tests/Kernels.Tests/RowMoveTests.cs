using System.Numerics;
using Graft.Kernels.Move;
using Graft.Kernels.Resize;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Rows of nearest pixels, reversed runs, ramps, single places and gathered elements, against plain loops.</summary>
public sealed class RowMoveTests
{
    [Fact]
    public void NearestPixelsComeFromVectorsAsOneByOne()
    {
        int withBlocks = 0;
        foreach (int pixelBytes in (int[])[1, 2, 3, 4, 6, 8, 12, 16, 20])
        {
            foreach (var (from, to) in ((int, int)[])[(1, 40), (5, 7), (16, 32), (17, 50), (33, 20), (40, 21), (64, 8), (30, 30)])
            {
                foreach (bool corners in (bool[])[false, true])
                {
                    var row = new NearestRow(Nearest.Sources(from, to, corners, !corners), pixelBytes, from);
                    byte[] input = FloatSample.Integers<byte>(from * pixelBytes, 1), output = new byte[row.OutputBytes], expected = new byte[row.OutputBytes];
                    row.Run(input, output);
                    row.RunPixels(input, expected);
                    Assert.Equal(expected, output);
                    if (row.HasBlocks) withBlocks++;
                }
            }
        }
        Assert.True(withBlocks > 60);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    [InlineData(16, 16)]
    [InlineData(12, 12)]
    [InlineData(4, 12)]
    [InlineData(3, 7)]
    public void RunsAreReversedUpToALength(int runBytes, int step)
    {
        const int Count = 71;
        byte[] source = FloatSample.Integers<byte>(Count * step, 1);
        foreach (int length in (int[])[0, 1, 2, 15, 16, 33, 64, 70, 71])
        {
            byte[] target = new byte[source.Length], expected = new byte[source.Length];
            for (int i = 0; i < Count; i++) source.AsSpan((i < length ? length - 1 - i : i) * step, runBytes).CopyTo(expected.AsSpan(i * step));
            ReversedRuns.Copy(source, target, runBytes, step, length, Count);
            Assert.Equal(expected, target);
        }
        Assert.ThrowsAny<ArgumentException>(() => ReversedRuns.Copy(source, new byte[source.Length - 1 - step + runBytes], runBytes, step, 3, Count));
    }

    [Fact]
    public void RampsHaveTheBitsOfRepeatedAddition()
    {
        Ramps<float>([(0, 1), (-3, 7), (0.1f, 0.1f), (1e30f, 1e20f), (16777200, 1), (1, -0.3f), (float.NaN, 1), (16777000, 3)]);
        Ramps<double>([(0, 1), (0.1, 0.1), (1L << 53, 1)]);
        Ramps<Half>([((Half)0, (Half)1), ((Half)2000, (Half)1)]);
        Ramps<int>([(0, 1), (int.MaxValue - 5, 3), (7, -2)]);
        Ramps<long>([(0, 1), (long.MaxValue - 5, 3)]);
        Ramps<byte>([(0, 1), (250, 7)]);
        Width<int, V128<int>>(3, -7);
        Width<int, V512<int>>(3, -7);
        Width<float, V128<float>>(3, -7);
        Width<float, V256<float>>(3, -7);
        Width<double, V512<double>>(3, -7);
    }

    private static T[] Sums<T>(T start, T step, int count) where T : IBinaryNumber<T>
    {
        var sums = new T[count];
        for (int i = 0; i < count; i++, start = unchecked(start + step)) sums[i] = start;
        return sums;
    }

    private static void Ramps<T>((T Start, T Step)[] cases) where T : unmanaged, IBinaryNumber<T>
    {
        foreach (var (start, step) in cases)
        {
            foreach (int count in (int[])[0, 1, 3, 4, 15, 16, 17, 65, 200])
            {
                T[] output = new T[count];
                Ramp.Fill(start, step, output);
                Bits.Equal<T>(Sums(start, step, count), output, $"{count} from {start} by {step}");
            }
        }
    }

    private static void Width<T, V>(T start, T step) where T : unmanaged, IBinaryNumber<T> where V : unmanaged, ISimd<V, T>
    {
        T[] output = new T[77];
        int done = Ramp.Fill<T, V>(start, step, output);
        Assert.Equal(77 / V.Count * V.Count, done);
        Assert.Equal(Sums(start, step, done), output[..done]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void PlacesAreSetAlongAnAxis(int inner)
    {
        const int Depth = 4, Count = 30;
        long[] indices = [.. Enumerable.Range(0, Count).Select(i => (i * 7 % 6) - 1L)];
        int[] output = new int[Count * Depth], expected = new int[Count * Depth];
        for (int i = 0; i < Count; i++)
            if (indices[i] is >= 0 and < Depth) expected[((((i / inner) * Depth) + indices[i]) * inner) + (i % inner)] = 9;
        foreach (var (begin, end) in ((int, int)[])[(0, 7), (7, 8), (8, Count)]) Places.Set(output, indices.AsSpan(begin..end), begin, Depth, inner, 9);
        Assert.Equal(expected, output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(12)]
    public void TuplesNameElementsOfAnyWidth(int rowBytes)
    {
        byte[] source = FloatSample.Integers<byte>(6 * rowBytes, 1), target = new byte[4 * rowBytes];
        short[] tuples = [1, 2, 0, 0, 0, 1, 1, 0];
        Assert.Equal(-1, IndexTuples.Gather<short>(source, target, tuples, [2, 3], [3, 1], rowBytes, 0, 3));
        Assert.Equal(-1, IndexTuples.Gather<short>(source, target, tuples, [2, 3], [3, 1], rowBytes, 3, 4));
        Assert.Equal(((int[])[5, 0, 1, 3]).SelectMany(n => source[(n * rowBytes)..((n + 1) * rowBytes)]), target);
        tuples[5] = 3;
        Assert.Equal(2, IndexTuples.Gather<short>(source, target, tuples, [2, 3], [3, 1], rowBytes, 0, 4));
        tuples[5] = -1;
        Assert.Equal(2, IndexTuples.Gather<short>(source, target, tuples, [2, 3], [3, 1], rowBytes, 1, 4));
    }
}
