using System.Numerics;

namespace Graft.Kernels.Quant;

/// <summary>One output of the sum of an integer product, in plain code; <see cref="PanelRequantize"/> does as much for panels.</summary>
internal static class Requantize
{
    /// <summary>
    /// clamp(zeroPoint + sum * mantissa * 2^(shift - 31)): a saturating rounding doubling high multiply, then a shift with ties away from
    /// zero, as the reference's convolutions round.
    /// </summary>
    public static TOut FixedPoint<TOut>(int sum, QuantizedMultiplier multiplier, PanelRequantize.Output output) where TOut : unmanaged, IBinaryInteger<TOut> =>
        Clamp<TOut>(Quant.FixedPoint.Multiply(sum, multiplier), output);

    /// <summary>The multiplier is rounded to 16 bits, then one rounding half up, as the reference does for 64-bit sums.</summary>
    public static TOut Reduced<TOut>(long sum, QuantizedMultiplier multiplier, PanelRequantize.Output output) where TOut : unmanaged, IBinaryInteger<TOut> =>
        Clamp<TOut>(Quant.FixedPoint.MultiplyReduced(sum, multiplier), output);

    /// <summary><see cref="FixedPoint"/>, but ties of the shift go upward, as in the reference's optimised kernels.</summary>
    public static TOut FixedPointUp<TOut>(int sum, QuantizedMultiplier multiplier, PanelRequantize.Output output) where TOut : unmanaged, IBinaryInteger<TOut>
    {
        long product = Quant.FixedPoint.HighMul(sum << multiplier.LeftShift, multiplier.Mantissa);
        return Clamp<TOut>((int)((product + (1L << multiplier.RightShift >> 1)) >> multiplier.RightShift), output);
    }

    /// <summary>
    /// clamp(zeroPoint + round(sum * factor)) in double, halves away from zero, as the reference's fully connected layers round.
    /// </summary>
    public static TOut Double<TOut>(long sum, double factor, PanelRequantize.Output output) where TOut : unmanaged, IBinaryInteger<TOut>
    {
        double scaled = Math.Round(sum * factor, MidpointRounding.AwayFromZero);
        // Beyond int32 the reference's conversion gives the smallest integer.
        return Clamp<TOut>(scaled is >= int.MinValue and < 2147483648.0 ? (int)scaled : int.MinValue, output);
    }

    private static TOut Clamp<TOut>(int scaled, PanelRequantize.Output output) where TOut : unmanaged, IBinaryInteger<TOut> =>
        TOut.CreateTruncating(Math.Clamp(unchecked(scaled + output.ZeroPoint), output.Min, output.Max));
}
