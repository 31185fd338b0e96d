using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Ops.Pointwise;

/// <summary>A function on vectors.</summary>
internal readonly struct MapKernel<TFn, T>(TFn fn) : IFlatKernel<T, T>
    where TFn : struct, IUnaryClosure<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public void Run(ReadOnlySpan<T> input, Span<T> output) => Map.Apply(fn, input, output);
}

/// <summary>The same, one element at a time.</summary>
internal readonly struct LaneKernel<TFn, T>(TFn fn) : IFlatKernel<T, T>
    where TFn : struct, IUnaryClosure<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public void Run(ReadOnlySpan<T> input, Span<T> output) => Map.Run<TFn, T, Scalar<T>>(fn, input, output);
}

/// <summary>A real function as the reference writes it, on vectors.</summary>
internal readonly struct PlainVectorKernel<TFn> : IFlatKernel<float, float> where TFn : struct, IMathFn
{
    public void Run(ReadOnlySpan<float> input, Span<float> output) => TFn.Plain(input, output);
}

/// <summary>The same, one element at a time.</summary>
internal readonly struct PlainMathKernel<TFn> : IFlatKernel<float, float> where TFn : struct, IMathFn
{
    public void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++) output[i] = TFn.Plain(input[i]);
    }
}

/// <summary>A function on single elements.</summary>
internal readonly struct ScalarKernel<TFn, TIn, TOut>(TFn fn) : IFlatKernel<TIn, TOut>
    where TFn : struct, IScalarUnaryFn<TIn, TOut>
{
    public void Run(ReadOnlySpan<TIn> input, Span<TOut> output) => ScalarMap.Apply(fn, input, output);
}

/// <summary>A float32 function on a narrower floating point format.</summary>
internal readonly struct NarrowMapKernel<TFn, TFormat, T>(TFn fn) : IFlatKernel<T, T>
    where TFn : struct, IUnaryClosure<float>
    where TFormat : struct, IFloatFormat<T>
    where T : unmanaged
{
    public void Run(ReadOnlySpan<T> input, Span<T> output) => NarrowFloat.Map<TFn, TFormat, T>(fn, input, output);
}

/// <summary>A function of quantised elements, in 32-bit lanes.</summary>
internal readonly struct WideKernel<TFn, TIn, TOut>(TFn fn) : IFlatKernel<TIn, TOut>
    where TFn : struct, IWideFn
    where TIn : unmanaged, IBinaryInteger<TIn>
    where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
{
    public void Run(ReadOnlySpan<TIn> input, Span<TOut> output) => WideMap.Apply(fn, input, output);
}
