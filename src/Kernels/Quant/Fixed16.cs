namespace Graft.Kernels.Quant;

/// <summary>
/// exp, logistic and tanh of 16-bit fixed-point numbers with a stated number of integer bits (a number of m integer bits is raw / 2^(15 - m)),
/// to 16-bit results without integer bits. Products round as HighMul does, sums wrap: the arithmetic of quantised recurrent cells.
/// </summary>
internal static class Fixed16
{
    private const short One = short.MaxValue;

    private const short OneOfTwoBits = 1 << 13;

    /// <summary>1 / (1 + e^-x).</summary>
    public static short Logistic(short x, int integerBits)
    {
        if (x == 0) return 1 << 14;
        short magnitude = x > 0 ? x : (short)-x;
        short positive = ShiftLeft(TwoOverOnePlus(ExpOfNegative((short)-magnitude, integerBits)), 1);
        return x > 0 ? positive : (short)(One - positive);
    }

    /// <summary>tanh(x) = (1 - e^-2x) / (1 + e^-2x); 0 to 6 integer bits.</summary>
    public static short Tanh(short x, int integerBits)
    {
        if (x == 0) return 0;
        short negative = x < 0 ? x : (short)-x;
        // Doubling is a change of format: one integer bit more.
        short t = ShiftLeft((short)(TwoOverOnePlus(ExpOfNegative(negative, integerBits + 1)) - OneOfTwoBits), 2);
        return x < 0 ? (short)-t : t;
    }

    /// <summary>e^x for x of at most 0.</summary>
    public static short ExpOfNegative(short x, int integerBits)
    {
        int fraction = 15 - integerBits;
        // Split off what lies in [-1/4, 0); the rest is a sum of quarters, halves, ones, ...
        int quarter = 1 << (fraction - 2);
        short part = (short)((x & (quarter - 1)) - quarter);
        int rest = (short)(part - x);
        short result = ExpOfQuarter(ShiftLeft(part, integerBits));
        for (int exponent = -2; exponent < integerBits && exponent <= 4; exponent++)
        {
            if ((rest & (1 << (fraction + exponent))) != 0) result = Multiply(result, ExpOfMinusPower[exponent + 2]);
        }
        // Below -32 the result is zero; formats of at most five integer bits do not reach that far.
        if (integerBits > 5 && x < -(1 << (20 - integerBits))) result = 0;
        return x == 0 ? One : result;
    }

    /// <summary>round(2^15 * exp(-2^i)) for i from -2 to 4.</summary>
    private static ReadOnlySpan<short> ExpOfMinusPower => [25520, 19875, 12055, 4435, 600, 11, 0];

    /// <summary>e^x for x in [-1/4, 0): a Taylor polynomial of degree four about -1/8.</summary>
    private static short ExpOfQuarter(short a)
    {
        // round(2^15 * exp(-1/8)) and round(2^15 / 3).
        const short Constant = 28918, Third = 10923;
        short x = (short)(a + (1 << 12));
        short x2 = Multiply(x, x), x3 = Multiply(x2, x), x4 = Multiply(x2, x2);
        short cubic = (short)(FixedPoint.DivideByPot(x4, 2) + x3);
        short tail = (short)FixedPoint.DivideByPot((short)(Multiply(cubic, Third) + x2), 1);
        return (short)Math.Clamp(Constant + Multiply(Constant, (short)(x + tail)), short.MinValue, short.MaxValue);
    }

    /// <summary>2 / (1 + a) for a in (0, 1), with two integer bits: three Newton steps from 48/17 - 32/17 d for d = (1 + a) / 2.</summary>
    private static short TwoOverOnePlus(short a)
    {
        // round(2^13 * 48/17) and round(2^13 * -32/17).
        const short FortyEight17ths = 23130, MinusThirtyTwo17ths = -15420;
        short half = (short)((a + One + 1) / 2);
        short x = (short)(FortyEight17ths + Multiply(half, MinusThirtyTwo17ths));
        for (int i = 0; i < 3; i++)
        {
            short error = (short)(OneOfTwoBits - Multiply(half, x));
            x = (short)(x + ShiftLeft(Multiply(x, error), 2));
        }
        return x;
    }

    /// <summary>a * b * 2^-15 rounded to nearest, ties upward; the product of the two smallest numbers saturates.</summary>
    private static short Multiply(short a, short b) => (short)Math.Min((a * b + (1 << 14)) >> 15, short.MaxValue);

    private static short ShiftLeft(short x, int bits) => (short)Math.Clamp(x << bits, short.MinValue, short.MaxValue);
}
