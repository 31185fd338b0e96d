using System.Numerics;

namespace Graft.Kernels.Quant;

/// <summary>1 / sqrt of a positive integer as a fixed-point factor.</summary>
internal static class InverseSquareRoot
{
    /// <summary>Five Newton steps from 1, in numbers with three integer bits; the input is scaled by powers of four first. 0 counts as 1.</summary>
    public static QuantizedMultiplier Of(int x)
    {
        const int One = 1 << 28, OneAndHalf = One + One / 2;
        // round(2^31 * sqrt(1/2)).
        const int HalfRoot2 = 1518500250;
        if (x <= 1) return new(int.MaxValue, 0);
        int shift = 11;
        for (; x >= 1 << 29; x /= 4) shift++;
        int pairs = (BitOperations.LeadingZeroCount((uint)x) - 1) / 2 - 1;
        shift -= pairs;
        int scaled = (x << (2 * pairs)) >> 1, half = FixedPoint.DivideByPot(scaled, 1), y = One;
        for (int i = 0; i < 5; i++)
        {
            int cube = ShiftLeft(FixedPoint.HighMul(FixedPoint.HighMul(y, y), y), 6);
            y = ShiftLeft(FixedPoint.HighMul(OneAndHalf, y) - FixedPoint.HighMul(half, cube), 3);
        }
        int mantissa = FixedPoint.HighMul(y, HalfRoot2);
        return shift < 0 ? new(mantissa << -shift, 0) : new(mantissa, -shift);
    }

    private static int ShiftLeft(int x, int bits) => (int)Math.Clamp((long)x << bits, int.MinValue, int.MaxValue);
}
