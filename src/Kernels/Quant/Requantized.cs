using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// QUANTIZE from one quantised type to another: less a zero point, times a factor in two roundings, plus a zero point,
/// saturated.
/// </summary>
internal readonly struct Requantized(QuantizedMultiplier factor, int zeroInput, int zeroOutput) : IWideFn
{
    /// <summary>The factor is the quotient of the scales in double arithmetic.</summary>
    public Requantized(AffineScale input, AffineScale output)
        : this(FixedPoint.Quantize((double)input.Scale / output.Scale), input.ZeroPoint, output.ZeroPoint) { }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I x)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> =>
        FixedPointLanes<TLanes, F, I>.Multiply(x - I.Splat(zeroInput), factor) + I.Splat(zeroOutput);
}

/// <summary>
/// RELU family of quantised tensors: <see cref="Requantized"/> and a clamp to the activation's bounds. The reference's
/// factor is the quotient of the scales rounded to float.
/// </summary>
internal readonly struct RequantizedClamp(
    QuantizedMultiplier factor, int zeroInput, int zeroOutput, int low, int high) : IWideFn
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I x)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I y = FixedPointLanes<TLanes, F, I>.Multiply(x - I.Splat(zeroInput), factor) + I.Splat(zeroOutput);
        return I.Min(I.Splat(high), I.Max(I.Splat(low), y));
    }
}

/// <summary>
/// MUL of quantised tensors: the product less zero points, times the factor in two roundings, plus the zero point,
/// clamped.
/// </summary>
internal readonly struct QuantizedMul(
    AffineScale a, AffineScale b, AffineScale output, int low, int high) : IWideBinaryFn
{
    private readonly int _zeroA = a.ZeroPoint;
    private readonly int _zeroB = b.ZeroPoint;
    private readonly int _zeroOutput = output.ZeroPoint;
    private readonly int _low = low;
    private readonly int _high = high;

    // Product and quotient of the scales are rounded to float, as in the reference.
    private readonly QuantizedMultiplier _factor = FixedPoint.Quantize(a.Scale * b.Scale / output.Scale);
    private readonly bool _isBounded = IsBounded(a.ZeroPoint, b.ZeroPoint, FixedPoint.Quantize(a.Scale * b.Scale / output.Scale));

    // Products of 16 bits, less zero points of 8, stay below 1.1 * 2^30.
    private static bool IsBounded(int zeroA, int zeroB, QuantizedMultiplier factor) =>
        Math.Abs((long)zeroA) <= byte.MaxValue && Math.Abs((long)zeroB) <= byte.MaxValue && TwoRoundingsBounded.Takes(factor, 1.1 * (1 << 30));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I product = (a - I.Splat(_zeroA)) * (b - I.Splat(_zeroB));
        I scaled = _isBounded
            ? TwoRoundingsBounded.Apply<TLanes, F, I>(product, _factor)
            : FixedPointLanes<TLanes, F, I>.Multiply(product, _factor);
        I y = scaled + I.Splat(_zeroOutput);
        return I.Min(I.Splat(_high), I.Max(I.Splat(_low), y));
    }
}

/// <summary>
/// MUL of two symmetric 16-bit tensors to 8 bits: the Q15 product, rounded, divided by 256 with ties away from zero,
/// clamped, plus the zero point; scales do not take part.
/// </summary>
internal readonly struct QuantizedMul16To8(int zeroOutput, int low, int high) : IWideBinaryFn
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        // -1 * -1 saturates to the greatest Q15 number.
        I product = I.Min(I.ShiftRightArithmetic((a * b) + I.Splat(1 << 14), 15), I.Splat(short.MaxValue));
        I y = FixedPointLanes<TLanes, F, I>.DivideByPot(product, 8);
        return I.Max(I.Splat(low - zeroOutput), I.Min(I.Splat(high - zeroOutput), y)) + I.Splat(zeroOutput);
    }
}

/// <summary>LEAKY_RELU of a quantised tensor: one factor for values from the zero point up, another below it.</summary>
internal readonly struct QuantizedLeakyRelu(AffineScale input, AffineScale output, float alpha) : IWideFn
{
    private readonly int _zeroInput = input.ZeroPoint;
    private readonly int _zeroOutput = output.ZeroPoint;
    private readonly bool _negativeAlpha = alpha < 0;

    // Products and quotients of scales are rounded to float, as in the reference; a negative alpha is applied by
    // negation.
    private readonly QuantizedMultiplier _identity = FixedPoint.Quantize(input.Scale / output.Scale);
    private readonly QuantizedMultiplier _alpha = FixedPoint.Quantize(MathF.Abs(input.Scale * alpha / output.Scale));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I x)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I value = x - I.Splat(_zeroInput);
        I above = FixedPointLanes<TLanes, F, I>.Multiply(value, _identity);
        I below = FixedPointLanes<TLanes, F, I>.Multiply(value, _alpha);
        if (_negativeAlpha) below = -below;
        return I.Select(I.Less(value, I.Splat(0)), below, above) + I.Splat(_zeroOutput);
    }
}

/// <summary>
/// PRELU of a quantised tensor: from the zero point up one factor, below it the product with the quantised slope and
/// another.
/// </summary>
internal readonly struct QuantizedPrelu(
    AffineScale input, AffineScale slope, AffineScale output) : IWideBinaryFn
{
    private readonly int _zeroInput = input.ZeroPoint;
    private readonly int _zeroSlope = slope.ZeroPoint;
    private readonly int _zeroOutput = output.ZeroPoint;

    // Rounded to float at each step, as in the reference.
    private readonly QuantizedMultiplier _identity = FixedPoint.Quantize(input.Scale / output.Scale);
    private readonly QuantizedMultiplier _sloped = FixedPoint.Quantize(input.Scale * slope.Scale / output.Scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I x, I slope)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I value = x - I.Splat(_zeroInput);
        I above = FixedPointLanes<TLanes, F, I>.Multiply(value, _identity);
        I below = FixedPointLanes<TLanes, F, I>.Multiply(value * (slope - I.Splat(_zeroSlope)), _sloped);
        return I.Select(I.Less(value, I.Splat(0)), below, above) + I.Splat(_zeroOutput);
    }
}
