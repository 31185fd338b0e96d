namespace Graft.Kernels.Quant;

/// <summary>RSQRT of an int8 value not below its zero point, by the fixed-point inverse square root.</summary>
internal readonly struct QuantizedRsqrt(AffineScale input, AffineScale output)
{
    // Room below the binary point for the inverse root of whole numbers.
    private const int Fraction = 20;

    private readonly QuantizedMultiplier _factor = FixedPoint.Quantize(1.0 / (MathF.Sqrt(input.Scale) * output.Scale));

    public int Apply(int q)
    {
        int value = q - input.ZeroPoint;
        if (value == 0) return sbyte.MaxValue;
        var inverse = InverseSquareRoot.Of(value);
        int root = FixedPoint.Multiply(1, inverse with { Shift = inverse.Shift + Fraction });
        return FixedPoint.Multiply(root, _factor with { Shift = _factor.Shift - Fraction }) + output.ZeroPoint;
    }
}
