using Graft.Kernels.Quant;

namespace Graft.Kernels.Reduce;

/// <summary>
/// The factor that takes a difference of 8-bit values to the Q5.26 argument of an exponential, and the greatest
/// difference for which that does not overflow; differences beyond count as zero probability.
/// </summary>
internal readonly record struct SoftmaxScaling(QuantizedMultiplier Factor, int Radius)
{
    private const double FactorMax = int.MaxValue;

    /// <exception cref="ArgumentException">beta * scale is not above 2^-26, or not a number.</exception>
    public static SoftmaxScaling For(double beta, double inputScale)
    {
        double factor = Math.Min(beta * inputScale * (1 << (31 - FixedExp.InputIntegerBits)), FactorMax);
        if (!(factor > 1))
        {
            throw new ArgumentException(
                "a quantised softmax needs beta * scale above 2^-26, "
                + $"but beta is {beta:R} and the scale {inputScale:R}");
        }
        QuantizedMultiplier quantized = FixedPoint.Quantize(factor);
        double greatest = (double)((1 << FixedExp.InputIntegerBits) - 1) * (1L << (31 - FixedExp.InputIntegerBits));
        return new(quantized, (int)Math.Floor(greatest / (1L << quantized.Shift)));
    }
}
