using System.Runtime.CompilerServices;

namespace Graft.Kernels.Quant;

/// <summary>
/// Exponential, reciprocal and logarithm in 32-bit fixed point, bit for bit what the reference's quantised softmaxes
/// compute. Qn.m numbers are ints with n integer bits and m = 31 - n fraction bits; products are high multiplies.
/// </summary>
internal static class FixedExp
{
    public const int InputIntegerBits = 5;
    public const int SumIntegerBits = 12;

    // 48/17 and -32/17 as Q2.29, the line that is nearest to the reciprocal on [1/2, 1], and 1.
    internal const int ReciprocalLine0 = 1515870810, ReciprocalLine1 = -1010580540, ReciprocalOne = 1 << 29;

    internal const int ReciprocalSteps = 3;

    private const int InputFractionBits = 31 - InputIntegerBits;

    // e^(-1/8), 1/3 as Q0.31.
    private const int ExpMinusEighth = 1895147668;
    private const int OneThird = 715827883;

    // e^-(2^k) as Q0.31 for k = -2 .. 4: one factor for each bit of the argument from 1/4 up.
    private static ReadOnlySpan<int> Powers => [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];

    /// <summary>e^x as Q0.31 of x &lt;= 0 as Q5.26.</summary>
    public static int Exp(int x)
    {
        if (x == 0) return int.MaxValue;
        const int quarter = 1 << (InputFractionBits - 2);
        int remainder = (x & (quarter - 1)) - quarter;
        int result = ExpFromMinusQuarter(SaturatingShift(remainder, InputIntegerBits));
        int bits = remainder - x;
        for (int k = 0; k < Powers.Length; k++)
        {
            if ((bits & (quarter << k)) != 0) result = FixedPoint.HighMul(result, Powers[k]);
        }
        return result;
    }

    /// <summary>1 / (1 + x) as Q0.31 of x in [0, 1] as Q0.31: three Newton steps.</summary>
    [MethodImpl(Jit.Loop)]
    public static int ReciprocalOfOnePlus(int x)
    {
        int half = HalfSum(x, int.MaxValue);
        int y = ReciprocalLine0 + FixedPoint.HighMul(half, ReciprocalLine1);
        for (int step = 0; step < ReciprocalSteps; step++)
        {
            int error = ReciprocalOne - FixedPoint.HighMul(half, y);
            y += SaturatingShift(FixedPoint.HighMul(y, error), 2);
        }
        return SaturatingShift(y, 1);
    }

    /// <summary>
    /// The reciprocal of a sum of exponentials as Q12.19: a Q0.31 number and the power of two that divides it.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static (int Scale, int BitsOverUnit) Reciprocal(int sum)
    {
        var (minusOne, bitsOverUnit) = Normalised(sum);
        return (ReciprocalOfOnePlus(minusOne), bitsOverUnit);
    }

    /// <summary>A sum as Q12.19 as (1 + x) * 2^n: x as Q0.31, and n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int MinusOne, int BitsOverUnit) Normalised(int sum)
    {
        int zeros = System.Numerics.BitOperations.LeadingZeroCount((uint)sum);
        return ((int)((uint)sum << zeros) - int.MinValue, SumIntegerBits - zeros);
    }

    /// <summary>x * 2^bits, saturated beyond +-(2^(31 - bits) - 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SaturatingShift(int x, int bits)
    {
        if (bits == 0) return x;
        int threshold = (1 << (31 - bits)) - 1;
        return x > threshold ? int.MaxValue : x < -threshold ? int.MinValue : x << bits;
    }

    /// <summary>(a + b) / 2, rounded away from zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HalfSum(int a, int b)
    {
        long sum = (long)a + b;
        return (int)((sum + (sum >= 0 ? 1 : -1)) / 2);
    }

    // Taylor's series about -1/8 to the fourth power, of x in [-1/4, 0) as Q0.31.
    private static int ExpFromMinusQuarter(int x)
    {
        int t = x + (1 << 28);
        int t2 = FixedPoint.HighMul(t, t);
        int t3 = FixedPoint.HighMul(t2, t);
        int t4 = FixedPoint.HighMul(t2, t2);
        int quartic = FixedPoint.DivideByPot(t4, 2);
        int higher = FixedPoint.DivideByPot(FixedPoint.HighMul(quartic + t3, OneThird) + t2, 1);
        return ExpMinusEighth + FixedPoint.HighMul(ExpMinusEighth, t + higher);
    }
}
