using System.Runtime.CompilerServices;

namespace Graft.Kernels.Quant;

/// <summary>
/// A real factor as mantissa * 2^(shift - 31), the mantissa being a Q31 number in [2^30, 2^31) or zero (negative for a
/// negative factor).
/// </summary>
internal readonly record struct QuantizedMultiplier(int Mantissa, int Shift)
{
    public int LeftShift => Math.Max(Shift, 0);
    public int RightShift => Math.Max(-Shift, 0);

    /// <summary>
    /// The mantissa as Q15, rounded, at most 32767: what sums of 16-bit by 8-bit products are scaled by.
    /// </summary>
    public int ReducedMantissa => Mantissa < 0x7FFF_0000 ? (Mantissa + (1 << 15)) >> 16 : 0x7FFF;
}

/// <summary>
/// The fixed-point arithmetic of quantised operators: how real factors become integers and where roundings happen.
/// </summary>
internal static class FixedPoint
{
    /// <summary>
    /// Splits a real factor, rounding the mantissa half away from zero. A factor too small to move any 32-bit value
    /// (below about 2^-32) becomes zero, as in the reference, and so does one that is not finite, from a scale of zero or next to it: converters
    /// write such scales when all outputs are zero.
    /// </summary>
    public static QuantizedMultiplier Quantize(double factor)
    {
        if (factor == 0 || !double.IsFinite(factor)) return default;
        int shift = Math.ILogB(factor) + 1;
        // Within [2^30, 2^31] in magnitude: exact as a double, rounded once.
        long mantissa = (long)Math.Round(Math.ScaleB(factor, 31 - shift), MidpointRounding.AwayFromZero);
        if (mantissa == 1L << 31)
        {
            mantissa >>= 1;
            shift++;
        }
        return shift < -31 ? default : new((int)mantissa, shift);
    }

    /// <summary>a * b * 2^-31 rounded to nearest, ties upward; INT_MIN * INT_MIN saturates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HighMul(int a, int b)
    {
        long rounded = (((long)a * b) + (1L << 30)) >> 31;
        return (int)Math.Min(rounded, int.MaxValue);
    }

    /// <summary>x / 2^exponent rounded to nearest, ties away from zero. The exponent is 0..31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DivideByPot(int x, int exponent)
    {
        long mask = (1L << exponent) - 1;
        long threshold = (mask >> 1) + (x < 0 ? 1 : 0);
        return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
    }

    /// <summary>
    /// x times the factor in the reference's two roundings: high multiply, then division by a power of two. x wraps
    /// when shifted left.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Multiply(int x, QuantizedMultiplier factor) =>
        DivideByPot(HighMul(x << factor.LeftShift, factor.Mantissa), factor.RightShift);

    /// <summary><see cref="Multiply(int, QuantizedMultiplier)"/> of a factor known to be below one.</summary>
    public static int MultiplySmallerThanOne(int x, QuantizedMultiplier factor) =>
        DivideByPot(HighMul(x, factor.Mantissa), -factor.Shift);

    /// <summary><see cref="Multiply(int, QuantizedMultiplier)"/> of a factor known to be at least one half.</summary>
    public static int MultiplyGreaterThanOne(int x, QuantizedMultiplier factor) =>
        HighMul(x << factor.Shift, factor.Mantissa);

    /// <summary>
    /// x times the factor with the 16-bit mantissa and one rounding, ties upward: 64-bit sums of 16-bit by 8-bit
    /// products. |x| below 2^47, shift -31..7; the result is cut to 32 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MultiplyReduced(long x, QuantizedMultiplier factor)
    {
        int shift = 15 - factor.Shift;
        return (int)(((x * factor.ReducedMantissa) + (1L << (shift - 1))) >> shift);
    }
}
