using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Steps of operators on two elements: inputs 0 and 1, broadcast, to output 0.</summary>
internal static class Broadcast
{
    /// <summary>A function on vectors; on single elements when the reference kernels are asked for.</summary>
    public static IStep Zip<TFn, T>(in PrepareContext c, TFn fn, int cost = Cost.Vector)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T> =>
        c.Kernels == KernelSet.Reference
            ? new BroadcastStep<LaneZipKernel<TFn, T>, T, T, T>(c, new(fn), Cost.Scalar)
            : new BroadcastStep<ZipKernel<TFn, T>, T, T, T>(c, new(fn), cost);

    public static IStep Zip<TFn, T>(in PrepareContext c)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T> =>
        Zip<Zip.Stateless<TFn, T>, T>(c, default);

    /// <summary>A function of float32, or of a narrower format through float32.</summary>
    public static IStep AnyFloat<TFn>(in PrepareContext c, TFn fn) where TFn : struct, IBinaryClosure<float> => c.Type(0) switch
    {
        DType.Float16 => new BroadcastStep<NarrowZipKernel<TFn, HalfFormat, Half>, Half, Half, Half>(c, new(fn), Cost.Scalar),
        DType.BFloat16 =>
            new BroadcastStep<NarrowZipKernel<TFn, BFloat16Format, BFloat16>, BFloat16, BFloat16, BFloat16>(c, new(fn), Cost.Scalar),
        _ => Zip<TFn, float>(c, fn),
    };

    /// <summary>A function whose every operation is rounded to the type, as kernels that calculate in a narrow type do.</summary>
    public static IStep Stepwise<TFn, T>(in PrepareContext c)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T> =>
        new BroadcastStep<LaneZipKernel<Zip.Stateless<TFn, T>, T>, T, T, T>(c, default, Cost.Scalar);

    public static IStep Scalar<TFn, TIn, TOut>(in PrepareContext c, TFn fn, int cost = Cost.Scalar)
        where TFn : struct, IScalarFn<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged =>
        new BroadcastStep<ScalarZipKernel<TFn, TIn, TOut>, TIn, TIn, TOut>(c, new(fn), cost);

    /// <summary>A function of quantised elements.</summary>
    public static IStep Wide<TFn, TIn, TOut>(in PrepareContext c, TFn fn)
        where TFn : struct, IWideBinaryFn
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut> =>
        Wide<TFn, TIn, TIn, TOut>(c, fn);

    public static IStep Wide<TFn, TA, TB, TOut>(in PrepareContext c, TFn fn)
        where TFn : struct, IWideBinaryFn
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut> =>
        new BroadcastStep<WideZipKernel<TFn, TA, TB, TOut>, TA, TB, TOut>(c, new(fn), Cost.VectorMath);
}
