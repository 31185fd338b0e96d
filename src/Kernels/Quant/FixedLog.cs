using System.Numerics;

namespace Graft.Kernels.Quant;

/// <summary>
/// The natural logarithm of a number from 1 up, Q12.19 to Q5.26, bit for bit the reference's: the argument is brought
/// near sqrt(sqrt(1/2)) by one of two powers of two, and a rational function gives the rest.
/// </summary>
internal static class FixedLog
{
    private const int AccumulatorIntegerBits = FixedExp.InputIntegerBits + 1;

    // ln 2, sqrt(sqrt(1/2)), sqrt(1/2) and 1/4 as Q0.31.
    private const int Ln2 = 1488522236;
    private const int FourthRootOfHalf = 1805811301;
    private const int RootOfHalf = 1518500250;
    private const int Quarter = 536870912;

    // Of the rational function, as Q0.31: 11/240, 1/20 and 1/4 times the fourth root of 2, and 2/root - root of it.
    private const int AlphaN = 117049297;
    private const int AlphaD = 127690142;
    private const int AlphaI = 1057819769;
    private const int AlphaF = 638450708;

    public static int Log(int x)
    {
        int quarter = FixedPoint.DivideByPot(Quarter, AccumulatorIntegerBits);

        int zeros = BitOperations.LeadingZeroCount((uint)x);
        int shifted = FixedExp.SaturatingShift(x, zeros - 1);
        int candidateA = FixedExp.SaturatingShift(FixedPoint.HighMul(shifted, RootOfHalf), 1);
        int powerA = Saturate((long)Power(FixedExp.SumIntegerBits - zeros) + quarter);

        int headroom = BitOperations.LeadingZeroCount((uint)FixedPoint.HighMul(x, RootOfHalf)) - 1;
        int candidateB = FixedExp.SaturatingShift(x, headroom);
        int powerB = Saturate((long)Power(FixedExp.SumIntegerBits - headroom) - quarter);

        int r = Math.Min(candidateA, candidateB);
        int power = Math.Max(powerA, powerB);

        int p = FixedExp.HalfSum(r, FourthRootOfHalf);
        int q = (r - FourthRootOfHalf) * 2;
        int square = FixedPoint.HighMul(q, q);
        int numerator = FixedPoint.HighMul(q, r) + FixedPoint.HighMul(FixedPoint.HighMul(q, square), AlphaN);
        int denominator = FixedPoint.HighMul(p, AlphaI + q + FixedPoint.HighMul(AlphaD, square))
            + FixedPoint.HighMul(AlphaF, q);
        int reciprocal = FixedExp.ReciprocalOfOnePlus(denominator);
        int scaled = FixedPoint.DivideByPot(numerator, AccumulatorIntegerBits);
        return FixedExp.SaturatingShift(FixedPoint.HighMul(power, Ln2) + FixedPoint.HighMul(scaled, reciprocal), 1);
    }

    private static int Power(int exponent) => FixedExp.SaturatingShift(exponent, 31 - AccumulatorIntegerBits);

    private static int Saturate(long x) => (int)Math.Clamp(x, int.MinValue, int.MaxValue);
}
