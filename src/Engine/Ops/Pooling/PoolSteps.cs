using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Pool;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Schema;

namespace Graft.Ops.Pooling;

/// <summary>Steps of the poolings, for input 0's type: the fast form, or the plain one when reference kernels are asked for.</summary>
internal static class PoolSteps
{
    public static IStep Max(in PrepareContext c, VolumeGeometry geometry, ActivationFunctionType activation) => c.Type(0) switch
    {
        DType.Float32 => Float<MaxPool<float>, NaivePool<NaiveMax<float>, float, float>, float>(c, geometry, activation),
        DType.Float16 => Float<NaivePool<NaiveMax<Half>, Half, Half>, NaivePool<NaiveMax<Half>, Half, Half>, Half>(c, geometry, activation),
        _ => Max(new Integers(c, geometry, activation), c.Type(0)),
    };

    public static IStep Mean(in PrepareContext c, VolumeGeometry geometry, ActivationFunctionType activation) => c.Type(0) switch
    {
        DType.Float32 => Float<MeanPool<ArithmeticMean>, NaivePool<NaiveMean<float>, float, float>, float>(c, geometry, activation),
        DType.Float16 => Float<NaivePool<NaiveMean<Half>, float, Half>, NaivePool<NaiveMean<Half>, float, Half>, Half>(c, geometry, activation),
        _ => Mean(new Integers(c, geometry, activation), c.Type(0)),
    };

    public static IStep Float<TFast, TPlain, T>(in PrepareContext c, VolumeGeometry geometry, ActivationFunctionType activation)
        where TFast : IPool<T>
        where TPlain : IPool<T>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var (min, max) = FusedActivation.Range(activation);
        return Choose<TFast, TPlain, T>(c, geometry, T.CreateSaturating(min), T.CreateSaturating(max));
    }

    private static IStep Max(Integers pool, DType type)
    {
        var action = new MaxOf { Pool = pool };
        return NumberTypes.DispatchNarrow<MaxOf, IStep>(type, ref action);
    }

    private static IStep Mean(Integers pool, DType type)
    {
        var action = new MeanOf { Pool = pool };
        return NumberTypes.DispatchNarrow<MeanOf, IStep>(type, ref action);
    }

    private static IStep Choose<TFast, TPlain, T>(in PrepareContext c, VolumeGeometry geometry, T min, T max)
        where TFast : IPool<T>
        where TPlain : IPool<T>
        where T : unmanaged => c.Kernels == KernelSet.Reference
            ? new PoolStep<TPlain, T>(geometry, c.In(0), c.Out(0), min, max)
            : new PoolStep<TFast, T>(geometry, c.In(0), c.Out(0), min, max);

    /// <summary>Quantised pooling; input and output are taken to have the same parameters.</summary>
    private readonly struct Integers(PrepareContext c, VolumeGeometry geometry, ActivationFunctionType activation)
    {
        public IStep Step<TFast, TPlain, T>()
            where TFast : IPool<T>
            where TPlain : IPool<T>
            where T : unmanaged, IBinaryInteger<T>
        {
            var (min, max) = FusedActivation.QuantizedRange(activation, c.Output(0).Type, c.Output(0).Quantization);
            return Choose<TFast, TPlain, T>(c, geometry, T.CreateSaturating(min), T.CreateSaturating(max));
        }
    }

    private struct MaxOf : IIntegerAction<IStep>
    {
        public Integers Pool;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Pool.Step<MaxPool<T>, NaivePool<NaiveMax<T>, T, T>, T>();
    }

    private struct MeanOf : IIntegerAction<IStep>
    {
        public Integers Pool;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Pool.Step<IntegerAveragePool<T>, NaivePool<NaiveIntegerMean<T>, int, T>, T>();
    }
}
