using System.Numerics;
using Graft.Kernels.Reduce;

namespace Graft.Ops.Reducing;

/// <summary>An associative reduction of any number type.</summary>
internal interface IReductionFamily
{
    static abstract IStep Step<T>(in PrepareContext c) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>;
}

/// <summary>Steps of reductions for the input's type.</summary>
internal static class Reduction
{
    /// <summary>What a node reduces; a scalar has no axis, whatever input 1 says.</summary>
    public static ReduceShape ShapeOf(in PrepareContext c) => new(c.Shape(0).Dimensions, c.Shape(0).Rank == 0 ? [] : c.Integers(1));

    public static IStep Plain<TFamily>(in PrepareContext c) where TFamily : struct, IReductionFamily
    {
        var action = new Choice<TFamily>(c);
        return NumberTypes.Dispatch<Choice<TFamily>, IStep>(c.Type(0), ref action);
    }

    public static IStep Quantized<TReduction>(in PrepareContext c) where TReduction : struct, IQuantizedReduction
    {
        var action = new QuantizedChoice<TReduction>(c);
        return NumberTypes.DispatchNarrow<QuantizedChoice<TReduction>, IStep>(c.Type(0), ref action);
    }

    /// <summary>Any true, of booleans.</summary>
    public static IStep Any(in PrepareContext c) => new ReduceStep<AnyKernel, byte, byte>(c, default);

    /// <summary>All true, of booleans.</summary>
    public static IStep All(in PrepareContext c) => new ReduceStep<AllKernel, byte, byte>(c, default);

    /// <summary>Of float16, in float32.</summary>
    public static IStep Half<TReduction>(in PrepareContext c) where TReduction : struct, IReduction<float> =>
        new HalfReduceStep<PlainKernel<TReduction, float>>(c, default);

    public static IStep Of<TReduction, T>(in PrepareContext c)
        where TReduction : struct, IReduction<T>
        where T : unmanaged, IBinaryNumber<T> =>
        c.Kernels == KernelSet.Reference
            ? new ReduceStep<LaneKernel<TReduction, T>, T, byte>(c, default)
            : new ReduceStep<PlainKernel<TReduction, T>, T, byte>(c, default);

    private readonly struct Choice<TFamily>(PrepareContext c) : INumberAction<IStep> where TFamily : struct, IReductionFamily
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => TFamily.Step<T>(c);
    }

    private readonly struct QuantizedChoice<TReduction>(PrepareContext c) : IIntegerAction<IStep>
        where TReduction : struct, IQuantizedReduction
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            var kernel = new QuantizedKernel<TReduction, T>(TensorScale.SymmetricInput(c, 0, mayLack: true), TensorScale.SymmetricOutput(c, 0, mayLack: true));
            return new ReduceStep<QuantizedKernel<TReduction, T>, T, int>(c, kernel);
        }
    }
}

internal readonly struct Sums : IReductionFamily
{
    public static IStep Step<T>(in PrepareContext c) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        Reduction.Of<SumOf<T>, T>(c);
}

internal readonly struct Products : IReductionFamily
{
    public static IStep Step<T>(in PrepareContext c) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        Reduction.Of<ProductOf<T>, T>(c);
}

internal readonly struct Maxima : IReductionFamily
{
    public static IStep Step<T>(in PrepareContext c) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        Reduction.Of<MaximumOf<T>, T>(c);
}

internal readonly struct Minima : IReductionFamily
{
    public static IStep Step<T>(in PrepareContext c) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        Reduction.Of<MinimumOf<T>, T>(c);
}
