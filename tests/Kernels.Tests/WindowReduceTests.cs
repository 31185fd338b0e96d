using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Reduce;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Windowed reductions and local response normalisation, at every width, against their oracles.</summary>
public sealed class WindowReduceTests
{
    private static readonly WindowAxis[][] s_axes =
    [
        [new(37, 35, 3, 1, 1, 1, 0)],
        [new(9, 12, 4, 1, 1, 1, 3), new(67, 69, 3, 1, 1, 1, 2)],
        [new(4, 5, 2, 1, 2, 1, 1), new(5, 4, 3, 2, 1, 2, 0), new(33, 33, 1, 1, 1, 1, 0)],
        [new(6, 3, 2, 2, 2, 1, -1), new(20, 9, 5, 2, 2, 2, 3)],
        [new(3, 0, 5, 1, 1, 1, 0)],
    ];

    [Fact]
    public void Every_width_agrees_with_the_oracle()
    {
        foreach (var axes in s_axes)
        {
            int count = axes.Aggregate(1, (product, axis) => product * axis.Input);
            float[] reals = FloatSample.Make(count + 64)[..count];
            Check<AddFn<float>, NaiveSum<float>, float>(axes, 0.5f, reals);
            Check<NotSmallerFn<float>, NaiveNotSmaller<float>, float>(axes, -1, reals);
            Check<NotLargerFn<float>, NaiveNotLarger<float>, float>(axes, 1, reals);
            Check<MulFn<int>, NaiveProduct<int>, int>(axes, 3, FloatSample.Integers<int>(count, 1));
            Check<BothFn<sbyte>, NaiveBoth<sbyte>, sbyte>(axes, 1, FloatSample.Integers<sbyte>(count, 2));
            Check<EitherFn<byte>, NaiveEither<byte>, byte>(axes, 0, FloatSample.Integers<byte>(count, 3));
            Check<AddFn<double>, NaiveSum<double>, double>(axes, 0, Array.ConvertAll(reals, x => (double)x));
        }
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(0.75f)]
    [InlineData(1f)]
    [InlineData(0.3f)]
    public void Local_response(float beta)
    {
        foreach (int length in (int[])[1, 5, 16, 33, 67])
        {
            foreach (int radius in (int[])[0, 1, 3, 100])
            {
                float[] row = [.. FloatSample.Integers<short>(length, 6).Select(value => value / 4096f)], expected = new float[length];
                NaiveLocalResponse.Row(row, radius, 1.5f, 0.25f, beta, expected);
                float[] scalar = Row<Scalar<float>>(row, radius, beta);
                Bits.Equal<float>(scalar, Row<V128<float>>(row, radius, beta), "128 bits");
                Bits.Equal<float>(scalar, Row<V256<float>>(row, radius, beta), "256 bits");
                Bits.Equal<float>(scalar, Row<V512<float>>(row, radius, beta), "512 bits");
                for (int i = 0; i < length; i++) Assert.Equal(expected[i], scalar[i], MathF.Abs(expected[i]) * 5e-7f);
            }
        }
    }

    private static float[] Row<V>(float[] row, int radius, float beta) where V : unmanaged, ISimd<V, float>
    {
        var output = new float[row.Length];
        LocalResponse.Run<V>(row, radius, 1.5f, 0.25f, beta, new float[row.Length], output);
        return output;
    }

    private static void Check<TFn, TNaive, T>(WindowAxis[] axes, T init, T[] input)
        where TFn : struct, IBinaryFn<T>
        where TNaive : struct, INaiveFunction<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        int outputs = axes.Aggregate(1, (product, axis) => product * axis.Output), lines = axes[..^1].Aggregate(1, (product, axis) => product * axis.Output);
        var expected = new T[outputs];
        NaiveWindow.Run<TNaive, T>(axes, init, input, expected);
        Width<Scalar<T>>();
        Width<V128<T>>();
        Width<V256<T>>();
        Width<V512<T>>();

        void Width<V>() where V : unmanaged, ISimd<V, T>
        {
            var output = new T[outputs];
            WindowReduce.Run<TFn, T, V>(axes, init, input, output, 0, lines);
            Bits.Equal<T>(expected, output, typeof(TFn).Name);
        }
    }
}
