using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>The functions of <see cref="FixedPoint"/> lane by lane, with the same bits.</summary>
internal static class FixedPointLanes<TLanes, F, I>
    where TLanes : unmanaged, ILanes<F, I>
    where F : unmanaged, ISimd<F, float>
    where I : unmanaged, ISimd<I, int>
{
    /// <summary>x / 2^exponent, ties away from zero; one exponent, 0..31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I DivideByPot(I x, int exponent) =>
        Divide(x, I.ShiftRightArithmetic(x, exponent), I.Splat((int)((1L << exponent) - 1)));

    /// <summary>x / 2^exponent, ties away from zero; an exponent for each lane, 0..31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I DivideByPot(I x, I exponents)
    {
        I one = I.Splat(1);
        return Divide(x, TLanes.ShiftRightArithmetic(x, exponents), TLanes.ShiftLeft(one, exponents) - one);
    }

    /// <summary>One factor for all lanes, two roundings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Multiply(I x, QuantizedMultiplier factor) => DivideByPot(
        TLanes.MulHighRounded(I.ShiftLeft(x, factor.LeftShift), I.Splat(factor.Mantissa)), factor.RightShift);

    /// <summary>
    /// A factor for each lane, two roundings; shifts are left and right ones of the same factors, both 0..31.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Multiply(I x, I mantissas, I leftShifts, I rightShifts) =>
        DivideByPot(TLanes.MulHighRounded(TLanes.ShiftLeft(x, leftShifts), mantissas), rightShifts);

    /// <summary>One factor below one for all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I MultiplySmallerThanOne(I x, QuantizedMultiplier factor) =>
        DivideByPot(TLanes.MulHighRounded(x, I.Splat(factor.Mantissa)), factor.RightShift);

    /// <summary>One factor of at least one half for all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I MultiplyGreaterThanOne(I x, QuantizedMultiplier factor) =>
        TLanes.MulHighRounded(I.ShiftLeft(x, factor.LeftShift), I.Splat(factor.Mantissa));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Divide(I x, I shifted, I mask)
    {
        // The sign is 0 or -1, so subtracting it raises the threshold of negative values by one.
        I sign = I.ShiftRightArithmetic(x, 31);
        I threshold = I.ShiftRightLogical(mask, 1) - sign;
        return shifted - I.Less(threshold, x & mask);
    }
}

/// <summary>The 64-bit form of <see cref="FixedPoint.MultiplyReduced"/>, lane by lane.</summary>
internal static class ReducedLanes<V> where V : unmanaged, ISimd<V, long>
{
    /// <summary>One factor for all lanes, one rounding; the caller cuts the lanes to 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Multiply(V x, QuantizedMultiplier factor)
    {
        int shift = 15 - factor.Shift;
        V scaled = (x * V.Splat(factor.ReducedMantissa)) + V.Splat(1L << (shift - 1));
        return V.ShiftRightArithmetic(scaled, shift);
    }
}
