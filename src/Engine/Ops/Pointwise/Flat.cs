using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Steps of operators on single elements: input 0 to output 0.</summary>
internal static class Flat
{
    /// <summary>A function on vectors; on single elements when the reference kernels are asked for.</summary>
    public static IStep Map<TFn, T>(in PrepareContext c, TFn fn, int cost = Cost.Vector)
        where TFn : struct, IUnaryClosure<T>
        where T : unmanaged, IBinaryNumber<T> =>
        c.Kernels == KernelSet.Reference
            ? Of<LaneKernel<TFn, T>, T, T>(c, new(fn), Cost.Scalar)
            : Of<MapKernel<TFn, T>, T, T>(c, new(fn), cost);

    public static IStep Map<TFn, T>(in PrepareContext c)
        where TFn : struct, IUnaryFn<T>
        where T : unmanaged, IBinaryNumber<T> =>
        Map<Map.Stateless<TFn, T>, T>(c, default);

    /// <summary>A function of float32, or of a narrower format through float32.</summary>
    public static IStep AnyFloat<TFn>(in PrepareContext c, TFn fn, int cost = Cost.Vector)
        where TFn : struct, IUnaryClosure<float> => c.Type(0) switch
        {
            DType.Float16 => Of<NarrowMapKernel<TFn, HalfFormat, Half>, Half, Half>(c, new(fn), Cost.Scalar),
            DType.BFloat16 => Of<NarrowMapKernel<TFn, BFloat16Format, BFloat16>, BFloat16, BFloat16>(c, new(fn), Cost.Scalar),
            _ => Map<TFn, float>(c, fn, cost),
        };

    public static IStep AnyFloat<TFn>(in PrepareContext c, int cost = Cost.Vector) where TFn : struct, IUnaryFn<float> =>
        AnyFloat<Map.Stateless<TFn, float>>(c, default, cost);

    /// <summary>The same of a real function, which is computed as the reference writes it when its kernels, or the bits of plain loops, are asked for.</summary>
    public static IStep Real<TFn>(in PrepareContext c) where TFn : struct, IMathFn
    {
        if (c.Type(0) != DType.Float32) return AnyFloat<TFn>(c, Cost.VectorMath);
        if (c.Kernels == KernelSet.Reference) return Of<PlainMathKernel<TFn>, float, float>(c, default, Cost.ScalarMath);
        return c.PlainFloats
            ? Of<PlainVectorKernel<TFn>, float, float>(c, default, Cost.VectorMath * 3)
            : AnyFloat<TFn>(c, Cost.VectorMath);
    }

    public static IStep Scalar<TFn, TIn, TOut>(in PrepareContext c, TFn fn, int cost = Cost.Scalar)
        where TFn : struct, IScalarUnaryFn<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged =>
        Of<ScalarKernel<TFn, TIn, TOut>, TIn, TOut>(c, new(fn), cost);

    /// <summary>A function of quantised elements.</summary>
    public static IStep Wide<TFn, TIn, TOut>(in PrepareContext c, TFn fn)
        where TFn : struct, IWideFn
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut> =>
        Of<WideKernel<TFn, TIn, TOut>, TIn, TOut>(c, new(fn), Cost.VectorMath);

    public static IStep Of<TKernel, TIn, TOut>(in PrepareContext c, TKernel kernel, int cost)
        where TKernel : struct, IFlatKernel<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged =>
        new FlatStep<TKernel, TIn, TOut>(kernel, c.In(0), c.Out(0), c.Shape(0).ElementCount, cost);
}
