using System.Numerics;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Quant;

/// <summary>
/// DIV of quantised tensors: the dividend, shifted to full width, times the fixed-point reciprocal of the divisor, times the factor of the
/// scales, clamped. The divisor does not stand for zero.
/// </summary>
internal readonly struct QuantizedDiv<T>(AffineScale a, AffineScale b, AffineScale output, int low, int high) : IScalarFn<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly int _zeroA = a.ZeroPoint;
    private readonly int _zeroB = b.ZeroPoint;
    private readonly int _zeroOutput = output.ZeroPoint;
    private readonly int _low = low;
    private readonly int _high = high;

    // Rounded to float at each step, as in the reference.
    private readonly QuantizedMultiplier _factor = FixedPoint.Quantize(a.Scale / (b.Scale * output.Scale));

    public T Apply(T a, T b)
    {
        int dividend = int.CreateTruncating(a) - _zeroA, divisor = int.CreateTruncating(b) - _zeroB;
        if (divisor < 0) (dividend, divisor) = (-dividend, -divisor);
        int zeros = BitOperations.LeadingZeroCount((uint)divisor);
        int inverse = FixedExp.ReciprocalOfOnePlus((int)((uint)divisor << zeros) - int.MinValue);
        int headroom = BitOperations.LeadingZeroCount((uint)(dividend < 0 ? ~dividend : dividend)) - 1;
        int quotient = FixedPoint.MultiplyGreaterThanOne(dividend, new(inverse, headroom));
        int shift = _factor.Shift - (31 - zeros) - headroom;
        return T.CreateTruncating(Math.Clamp(Scale(quotient, shift) + _zeroOutput, _low, _high));
    }

    // Shifts outside [-31, 0] count modulo the word, as they do in the reference on x86: results of dividing almost nothing depend on it.
    private int Scale(int quotient, int shift)
    {
        int x = FixedPoint.HighMul(quotient, _factor.Mantissa);
        int mask = (int)((1L << -shift) - 1);
        int threshold = (mask >> 1) + (x < 0 ? 1 : 0);
        return (x >> -shift) + ((x & mask) > threshold ? 1 : 0);
    }
}
