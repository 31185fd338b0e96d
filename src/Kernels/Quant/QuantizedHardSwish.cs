namespace Graft.Kernels.Quant;

/// <summary>
/// HARD_SWISH of an 8-bit value in 16-bit fixed point, bit for bit the reference's: the value on the output's scale times the gate, which
/// is the value on the scale where 3 is 2^15, saturated and brought from [-1, 1] to [0, 1].
/// </summary>
internal readonly struct QuantizedHardSwish
{
    // Bits by which values are shifted up before the 16-bit products.
    private const int HighResolution = 7;

    private readonly int _zeroInput;
    private readonly int _zeroOutput;
    private readonly short _outputMantissa;
    private readonly int _outputShift;
    private readonly short _gateMantissa;
    private readonly int _gateShift;

    public QuantizedHardSwish(AffineScale input, AffineScale output)
    {
        (_zeroInput, _zeroOutput) = (input.ZeroPoint, output.ZeroPoint);
        float scale = 1f / (1 << HighResolution) * input.Scale;
        QuantizedMultiplier result = FixedPoint.Quantize(scale / output.Scale), gate = FixedPoint.Quantize(scale / (3f / 32768f));
        (_outputMantissa, _outputShift) = ((short)result.ReducedMantissa, result.Shift);
        (_gateMantissa, _gateShift) = ((short)gate.ReducedMantissa, gate.Shift);
    }

    /// <summary>False when the output's scale is too small to be reached by shifting right.</summary>
    public static bool Fits(AffineScale input, AffineScale output) =>
        FixedPoint.Quantize(1f / (1 << HighResolution) * input.Scale / output.Scale).Shift <= 0;

    public int Apply(int q)
    {
        short value = (short)((short)(q - _zeroInput) << HighResolution);
        short scaled = HighMul(value, _outputMantissa);
        short gate = value;
        if (_gateShift > 0) gate = ShiftLeft(gate, _gateShift - 1);
        gate = HighMul(gate, _gateMantissa);
        if (_gateShift > 0) gate = ShiftLeft(gate, 1);
        if (_gateShift < 0) gate = (short)FixedPoint.DivideByPot(gate, -_gateShift);
        gate = (short)((gate + (1 << 15)) >> 1);
        // Cut towards zero, which cancels the bias of the rounded products above.
        short product = (short)(gate * scaled / (1 << 15));
        return (short)(FixedPoint.DivideByPot(product, -_outputShift) + _zeroOutput);
    }

    private static short ShiftLeft(short value, int bits) => (short)Math.Clamp((long)value << Math.Min(bits, 40), short.MinValue, short.MaxValue);

    // Q15 product, rounded to nearest, halves away from zero; the mantissa is positive, so it cannot saturate.
    private static short HighMul(short a, short b)
    {
        int product = a * b;
        return (short)((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
    }
}
