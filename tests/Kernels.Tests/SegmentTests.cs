using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;
using Graft.Kernels.Reduce;
using Graft.Kernels.Scan;
using Graft.Kernels.Segments;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Rows that are joined into rows, and running sums, of every length around a vector's, against loops that are written out.</summary>
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
}
