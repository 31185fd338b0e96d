using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Ops.Pointwise;

/// <summary>A function on vectors.</summary>
internal readonly struct ZipKernel<TFn, T>(TFn fn) : IBroadcastKernel<T, T, T>
    where TFn : struct, IBinaryClosure<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output) =>
        Zip.Apply(fn, shape, a, b, output);
}

/// <summary>The same, one element at a time.</summary>
internal readonly struct LaneZipKernel<TFn, T>(TFn fn) : IBroadcastKernel<T, T, T>
    where TFn : struct, IBinaryClosure<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output) =>
        Zip.Run<TFn, T, Scalar<T>>(fn, shape, a, b, output);
}

/// <summary>A function on single elements.</summary>
internal readonly struct ScalarZipKernel<TFn, TIn, TOut>(TFn fn) : IBroadcastKernel<TIn, TIn, TOut>
    where TFn : struct, IScalarFn<TIn, TOut>
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<TIn> a, ReadOnlySpan<TIn> b, Span<TOut> output) =>
        Scalars.Zip(fn, shape, a, b, output);
}

/// <summary>A comparison on vectors.</summary>
internal readonly struct CompareKernel<TComparison, T> : IBroadcastKernel<T, T, byte>
    where TComparison : struct, IComparison
    where T : unmanaged, IBinaryNumber<T>
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> output) =>
        CompareZip.Apply<TComparison, T>(shape, a, b, output);
}

/// <summary>The same of floats of 16 bits.</summary>
internal readonly struct HalfCompareKernel<TComparison, TFormat, T> : IBroadcastKernel<T, T, byte>
    where TComparison : struct, IComparison
    where TFormat : struct, IHalfFormat
    where T : unmanaged
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> output) =>
        CompareZip.Apply<HalfComparison<TComparison, TFormat>, short>(shape, MemoryMarshal.Cast<T, short>(a), MemoryMarshal.Cast<T, short>(b), output);
}

/// <summary>A float32 function on a narrower floating point format.</summary>
internal readonly struct NarrowZipKernel<TFn, TFormat, T>(TFn fn) : IBroadcastKernel<T, T, T>
    where TFn : struct, IBinaryClosure<float>
    where TFormat : struct, IFloatFormat<T>
    where T : unmanaged
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output) =>
        NarrowFloat.Zip<TFn, TFormat, T>(fn, shape, a, b, output);
}

/// <summary>A function of quantised elements, in 32-bit lanes.</summary>
internal readonly struct WideZipKernel<TFn, TA, TB, TOut>(TFn fn) : IBroadcastKernel<TA, TB, TOut>
    where TFn : struct, IWideBinaryFn
    where TA : unmanaged, IBinaryInteger<TA>
    where TB : unmanaged, IBinaryInteger<TB>
    where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
{
    public void Run(in BroadcastShape shape, ReadOnlySpan<TA> a, ReadOnlySpan<TB> b, Span<TOut> output) =>
        WideMap.Zip<TFn, TA, TB, TOut>(fn, shape, a, b, output);
}
