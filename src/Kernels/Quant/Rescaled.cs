using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>How two operands on one scale are combined.</summary>
internal interface ICombination
{
    /// <summary>Times the common input scale, what the result's scale is: 1 for sums, 2 for products.</summary>
    public static abstract int Degree { get; }
    public static abstract I Of<I>(I a, I b) where I : unmanaged, ISimd<I, int>;
}

internal readonly struct Sum : ICombination
{
    public static int Degree => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Of<I>(I a, I b) where I : unmanaged, ISimd<I, int> => a + b;
}

internal readonly struct Difference : ICombination
{
    public static int Degree => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Of<I>(I a, I b) where I : unmanaged, ISimd<I, int> => a - b;
}

internal readonly struct SquaredDifference : ICombination
{
    public static int Degree => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Of<I>(I a, I b) where I : unmanaged, ISimd<I, int>
    {
        I difference = a - b;
        return difference * difference;
    }
}

/// <summary>
/// ADD, SUB and SQUARED_DIFFERENCE of quantised tensors: both operands, less their zero points and shifted left, are
/// brought to twice the greater of their scales, combined, and rescaled to the output; three roundings of <see
/// cref="FixedPoint"/>. Every scale factor is below one; a greater one is refused, as the reference refuses it.
/// </summary>
internal readonly struct Rescaled<TOp> : IWideBinaryFn where TOp : ICombination
{
    /// <summary>
    /// Left shifts that leave room for the sum: for 8-bit operands, for 16-bit ones, and for squared differences.
    /// </summary>
    public const int Shift8 = 20;
    public const int Shift16 = 15;
    public const int ShiftSquared = 7;

    private readonly ShiftedOperand _a, _b;
    private readonly QuantizedMultiplier _factor;
    private readonly int _zeroPoint, _low, _high;
    private readonly bool _isBounded;

    public Rescaled(AffineScale a, AffineScale b, AffineScale output, int leftShift, int low, int high)
    {
        // Scales are floats and the doubled maximum is exact, so these quotients are what the reference computes in double.
        double twice = 2 * Math.Max(a.Scale, b.Scale);
        _a = new(a.ZeroPoint, leftShift, Below(a.Scale / twice, "first input"), leftShift == Shift16);
        _b = new(b.ZeroPoint, leftShift, Below(b.Scale / twice, "second input"), leftShift == Shift16);
        _factor = Below(Math.Pow(twice, TOp.Degree) / ((1 << (leftShift * TOp.Degree)) * output.Scale), "output");
        (_zeroPoint, _low, _high) = (output.ZeroPoint, low, high);
        _isBounded = TOp.Degree == 1 && TwoRoundingsBounded.Takes(_factor, _a.ResultMax + _b.ResultMax);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I combined = TOp.Of(_a.Apply<TLanes, F, I>(a), _b.Apply<TLanes, F, I>(b));
        I result = _isBounded
            ? TwoRoundingsBounded.Apply<TLanes, F, I>(combined, _factor)
            : FixedPointLanes<TLanes, F, I>.MultiplySmallerThanOne(combined, _factor);
        return I.Min(I.Splat(_high), I.Max(I.Splat(_low), result + I.Splat(_zeroPoint)));
    }

    private static QuantizedMultiplier Below(double factor, string what)
    {
        if (!(factor is > 0 and < 1))
        {
            throw new ArgumentException(
                $"the scale factor of the {what} is {factor:R}, but a quantised sum needs factors above 0 and below 1");
        }
        return FixedPoint.Quantize(factor);
    }
}

/// <summary>Scale and zero point of a tensor with one of each.</summary>
internal readonly record struct AffineScale(float Scale, int ZeroPoint);

/// <summary>
/// ADD and SUB of 16-bit tensors whose scales are powers of two and zero points 0: each operand is divided by its power
/// of two, ties away from zero, then combined and clamped.
/// </summary>
internal readonly struct PotRescaled<TOp>(int exponentA, int exponentB, int low, int high) : IWideBinaryFn
    where TOp : ICombination
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I left = FixedPointLanes<TLanes, F, I>.DivideByPot(a, exponentA);
        I right = FixedPointLanes<TLanes, F, I>.DivideByPot(b, exponentB);
        return I.Min(I.Splat(high), I.Max(I.Splat(low), TOp.Of(left, right)));
    }
}
