using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;
using Graft.Kernels.Reduce;
using Graft.Kernels.Scan;
using Graft.Kernels.Segments;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Rows that are joined into rows, running sums, intervals and places, of every length around a vector's, against loops that are written out.</summary>
public sealed class SegmentTests
{
    [Fact]
    public void RowsOfASegmentAreJoinedInOrder()
    {
        for (int inner = 1; inner < 70; inner++)
        {
            float[] real = FloatSample.Make(7 * 70)[..(7 * inner)];
            Segments<SumOf<float>, float>(real, inner, 0, (total, value) => total + value);
            Segments<ProductOf<float>, float>(real, inner, 1, (total, value) => total * value);
            Segments<MaximumOf<float>, float>(real, inner, float.MinValue, (total, value) => total < value ? value : total);
            Segments<MinimumOf<float>, float>(real, inner, float.MaxValue, (total, value) => value < total ? value : total);
            int[] whole = FloatSample.Integers<int>(7 * inner, inner);
            Segments<SumOf<int>, int>(whole, inner, 0, (total, value) => unchecked(total + value));
            Segments<MaximumOf<int>, int>(whole, inner, int.MinValue, Math.Max);
        }
    }

    private static void Segments<TOp, T>(T[] data, int inner, T initial, Func<T, T, T> join)
        where TOp : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        int[] ids = [2, 0, 2, -1, 3, 2, 0];
        T[] expected = new T[5 * inner], output = new T[5 * inner];
        Array.Fill(expected, initial);
        for (int i = 0; i < data.Length; i++)
        {
            int id = ids[i / inner], at = id * inner + (i % inner);
            if (id >= 0) expected[at] = join(expected[at], data[i]);
        }
        SegmentReduce.Apply<TOp, T>(data, ids, inner, output);
        Bits.Equal<T>(expected, output, typeof(TOp).Name);
        Width<Scalar<T>>();
        Width<V128<T>>();
        Width<V256<T>>();
        Width<V512<T>>();

        void Width<V>() where V : unmanaged, ISimd<V, T>
        {
            Array.Fill(output, initial);
            Accumulate.Run<CombineFn<TOp, T>, T, V>(data, ids, inner, output);
            Bits.Equal<T>(expected, output, $"{typeof(TOp).Name} in {V.Count} lanes");
        }
    }

    [Fact]
    public void ScatteredRowsAreAddedInOrder()
    {
        for (int length = 1; length < 70; length++)
        {
            float[] real = FloatSample.Make(5 * 70)[..(5 * length)];
            Scatter<AddFn<float>, float>(real, length, (update, total) => update + total);
            Scatter<ReplaceFn<float>, float>(real, length, (update, _) => update);
            Scatter<AddFn<Half>, Half>([.. real.Select(v => (Half)v)], length, (update, total) => update + total);
            Scatter<AddFn<short>, short>(FloatSample.Integers<short>(5 * length, 1), length, (update, total) => unchecked((short)(update + total)));
            Scatter<OrFn<byte>, byte>(FloatSample.Integers<byte>(5 * length, 2), length, (update, total) => (byte)(update | total));
        }
    }

    private static void Scatter<TFn, T>(T[] updates, int length, Func<T, T, T> join)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        int[] tuples = [1, 0, 0, 2, 1, 0, 1, 2, 0, 2];
        T[] expected = new T[2 * 3 * length], output = new T[2 * 3 * length];
        for (int i = 0; i < updates.Length; i++)
        {
            int tuple = i / length, at = (((tuples[2 * tuple] * 3) + tuples[(2 * tuple) + 1]) * length) + (i % length);
            expected[at] = join(updates[i], expected[at]);
        }
        Assert.Equal(-1, IndexTuples.Scatter<TFn, T, int>(updates, output, tuples, [2, 3], [3, 1], length, 5));
        Bits.Equal<T>(expected, output, typeof(TFn).Name);
    }

    [Fact]
    public void RunningSumsAreInOrder()
    {
        for (int inner = 1; inner < 40; inner++)
        {
            foreach (int depth in (int[])[1, 2, 9])
            {
                float[] real = [.. FloatSample.Integers<short>(2 * depth * inner, inner).Select(value => value / 4099f)];
                real[0] = -0f;
                CumulativeSums(real, depth, inner);
                CumulativeSums([.. real.Select(value => (double)value)], depth, inner);
                CumulativeSums(FloatSample.Integers<ushort>(2 * depth * inner, 3), depth, inner);
                CumulativeSums(FloatSample.Integers<long>(2 * depth * inner, 4), depth, inner);
            }
        }
    }

    private static void CumulativeSums<T>(T[] input, int depth, int inner) where T : unmanaged, IBinaryNumber<T>
    {
        foreach (var (isExclusive, isReverse) in ((bool, bool)[])[(false, false), (false, true), (true, false), (true, true)])
        {
            T[] expected = new T[input.Length], output = new T[input.Length];
            for (int column = 0; column < input.Length / depth; column++)
            {
                int start = (column / inner * depth * inner) + (column % inner);
                int Place(int d) => start + ((isReverse ? depth - 1 - d : d) * inner);
                for (int d = 0; d < depth; d++)
                {
                    if (d == 0) expected[Place(0)] = isExclusive ? T.Zero : input[Place(0)];
                    else expected[Place(d)] = expected[Place(d - 1)] + input[Place(isExclusive ? d - 1 : d)];
                }
            }
            CumulativeSum.Apply<T>(input, depth, inner, isExclusive, isReverse, output);
            Bits.Equal<T>(expected, output, $"{typeof(T).Name} of {depth} x {inner}, exclusive {isExclusive}, reverse {isReverse}");
            Width<Scalar<T>>();
            Width<V128<T>>();
            Width<V256<T>>();
            Width<V512<T>>();

            void Width<V>() where V : unmanaged, ISimd<V, T>
            {
                int first = isReverse ? (depth - 1) * inner : 0;
                Array.Clear(output);
                int columns = CumulativeSum.Columns<T, V>(input, output, depth, first, isReverse ? -inner : inner, isExclusive);
                Assert.Equal(inner / V.Count * V.Count, columns);
                for (int d = 0; d < depth; d++) Bits.Equal<T>(expected.AsSpan(d * inner, columns), output.AsSpan(d * inner, columns), $"{V.Count} lanes, row {d}");
            }
        }
    }

    [Fact]
    public void BucketsAreThoseOfPlainComparisons()
    {
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 16777217];
        foreach (int count in (int[])[0, 1, 2, 7, 128, 129, 300])
        {
            float[] boundaries = [.. FloatSample.Integers<short>(count, count).Select(b => b / 16f).Order()];
            if (count > 2) (boundaries[0], boundaries[^1]) = (float.NegativeInfinity, 16777216);
            for (int length = 0; length < 40; length++)
            {
                float[] values = [.. special.Concat(boundaries).Concat(FloatSample.Integers<short>(length, 5).Select(v => v / 16f)).TakeLast(length)];
                Buckets(values, boundaries);
                Buckets([.. values.Select(v => (double)v + 1e-9)], boundaries);
            }
            Buckets([.. special, .. boundaries], boundaries);
            Buckets(FloatSample.Integers<int>(300, 3), boundaries);
            Buckets([.. FloatSample.Integers<short>(600, 3).Select(v => (long)v)], boundaries);
        }
    }

    private static void Buckets<T>(T[] values, float[] boundaries) where T : unmanaged, INumber<T>
    {
        double Compared(T value) => typeof(T) == typeof(double) ? double.CreateTruncating(value) : float.CreateTruncating(value);
        int[] expected = [.. values.Select(v => boundaries.Count(b => !(Compared(v) < b)))], output = new int[values.Length];
        Kernels.Segments.Buckets.Apply<T>(values, boundaries, output);
        Assert.Equal(expected, output);
        if (values is not float[] real) return;
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();
        Width<LanesScalar, Scalar<float>, Scalar<int>>();

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            Array.Clear(output);
            for (int i = 0; i + I.Count <= output.Length; i += I.Count) new Kernels.Segments.Buckets.Counting(real, boundaries, output).At<L, F, I>((nuint)i);
            int whole = output.Length / I.Count * I.Count;
            Assert.Equal(expected[..whole], output[..whole]);
        }
    }

    [Fact]
    public void PlacesThatAreNotZeroAreFoundInOrder()
    {
        var random = new Random(3);
        for (int round = 0; round < 400; round++)
        {
            int[] dimensions = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(1, 14))];
            int count = dimensions.Aggregate(1, (x, y) => x * y), period = random.Next(1, 40);
            float[] kinds = [1, -0f, float.NaN, float.Epsilon];
            float[] values = [.. Enumerable.Range(0, count).Select(_ => random.Next(period) == 0 ? kinds[random.Next(4)] : 0)];
            Places(values, dimensions);
            Places([.. values.Select(v => (Half)v)], dimensions);
            Places([.. values.Select(v => v == 0 ? (byte)0 : (byte)random.Next(256))], dimensions);
            Places([.. values.Select(v => v == 0 ? 0L : 1L << random.Next(64))], dimensions);
        }
        Places(FloatSample.Integers<sbyte>(70_000, 1), [70_000]);
        Places([.. FloatSample.Integers<sbyte>(70_000, 1).Select(v => v > 0 ? (short)0 : v)], [70, 1, 1000]);
    }

    private static void Places<T>(T[] values, int[] dimensions) where T : unmanaged, IBinaryNumber<T>
    {
        int[] expected = [.. Enumerable.Range(0, values.Length).Where(i => !T.IsZero(values[i]))];
        Assert.Equal(expected.Length, NonZero.Count<T>(values));
        long[] tuples = new long[expected.Length * dimensions.Length];
        NonZero.Coordinates<T>(values, dimensions, tuples);
        for (int n = 0; n < tuples.Length; n += dimensions.Length)
        {
            long flat = 0;
            for (int d = 0; d < dimensions.Length; d++) flat = (flat * dimensions[d]) + tuples[n + d];
            Assert.Equal(expected[n / dimensions.Length], flat);
        }
        if (typeof(T) == typeof(Half)) return;
        Width<Scalar<T>>();
        Width<V128<T>>();
        Width<V256<T>>();
        Width<V512<T>>();

        void Width<V>() where V : unmanaged, ISimd<V, T>
        {
            int[] places = new int[values.Length];
            Assert.Equal(expected, places[..NonZero.Find<T, V>(values, 0, places)]);
            Assert.Equal(values.AsSpan(0, values.Length / V.Count * V.Count).ToArray().Count(T.IsZero), NonZero.Zeros<T, V>(values));
        }
    }
}
