using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>ABS of a quantised tensor: the distance from the zero point, rescaled in two roundings unless the scales are equal.</summary>
internal readonly struct QuantizedAbs(AffineScale input, AffineScale output) : IWideFn
{
    private readonly int _zeroInput = input.ZeroPoint;
    private readonly int _zeroOutput = output.ZeroPoint;
    private readonly bool _rescales = input.Scale != output.Scale;

    // The quotient of the scales is rounded to float, as in the reference.
    private readonly QuantizedMultiplier _factor = FixedPoint.Quantize(input.Scale / output.Scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I x)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I distance = I.Abs(x - I.Splat(_zeroInput));
        if (_rescales) distance = FixedPointLanes<TLanes, F, I>.Multiply(distance, _factor);
        return distance + I.Splat(_zeroOutput);
    }
}
