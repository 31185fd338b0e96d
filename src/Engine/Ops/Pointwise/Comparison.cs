using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Steps that compare two inputs, broadcast, into booleans.</summary>
internal static class Comparison
{
    public static IStep Step<TComparison>(in PrepareContext c) where TComparison : struct, IComparison
    {
        var type = c.Type(0);
        if (type == DType.Float16) return Narrow<TComparison, HalfFormat, Half>(c);
        if (type == DType.BFloat16) return Narrow<TComparison, BFloat16Format, BFloat16>(c);
        if (type is DType.Int8 or DType.UInt8)
        {
            var scaled = new Quantized<TComparison>(c);
            return NumberTypes.DispatchNarrow<Quantized<TComparison>, IStep>(type, ref scaled);
        }
        var action = new Plain<TComparison>(c);
        return NumberTypes.Dispatch<Plain<TComparison>, IStep>(type, ref action);
    }

    /// <summary>The same of the elements as they are, whatever scale they have.</summary>
    public static IStep RawStep<TComparison>(in PrepareContext c) where TComparison : struct, IComparison
    {
        if (c.Type(0) is DType.Float16 or DType.BFloat16) return Step<TComparison>(c);
        var action = new Plain<TComparison>(c);
        return NumberTypes.Dispatch<Plain<TComparison>, IStep>(c.Type(0), ref action);
    }

    /// <summary>The same, with the scales of int16 honoured too when both inputs have one.</summary>
    public static IStep ScaledStep<TComparison>(in PrepareContext c) where TComparison : struct, IComparison =>
        c.Type(0) == DType.Int16 && c.Input(0).Quantization is not null ? new Quantized<TComparison>(c).Invoke<short>() : Step<TComparison>(c);

    private static IStep Narrow<TComparison, TFormat, T>(in PrepareContext c)
        where TComparison : struct, IComparison
        where TFormat : struct, IFloatFormat<T>, IHalfFormat
        where T : unmanaged =>
        c.Kernels == KernelSet.Reference
            ? Broadcast.Scalar<NarrowComparisonFn<TComparison, TFormat, T>, T, byte>(c, default)
            : new BroadcastStep<HalfCompareKernel<TComparison, TFormat, T>, T, T, byte>(c, default, Cost.Vector);

    private readonly struct Plain<TComparison>(PrepareContext c) : INumberAction<IStep> where TComparison : struct, IComparison
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            c.Kernels == KernelSet.Reference
                ? Broadcast.Scalar<ComparisonFn<TComparison, T>, T, byte>(c, default)
                : new BroadcastStep<CompareKernel<TComparison, T>, T, T, byte>(c, default, Cost.Vector);
    }

    private readonly struct Quantized<TComparison>(PrepareContext c) : IIntegerAction<IStep>
        where TComparison : struct, IComparison
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            AffineScale a = TensorScale.Input(c, 0), b = TensorScale.Input(c, 1);
            c.Require(a.Scale < 1 && b.Scale < 1, $"scales {a.Scale:R} and {b.Scale:R} must be below 1 to be compared");
            var fn = new QuantizedComparisonFn<TComparison, T>(a.ZeroPoint, FixedPoint.Quantize(a.Scale), b.ZeroPoint, FixedPoint.Quantize(b.Scale));
            return c.Kernels == KernelSet.Reference
                ? Broadcast.Scalar<QuantizedComparisonFn<TComparison, T>, T, byte>(c, fn)
                : Broadcast.Wide<QuantizedComparisonFn<TComparison, T>, T, byte>(c, fn);
        }
    }
}
