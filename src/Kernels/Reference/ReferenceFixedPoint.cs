using System.Numerics;

namespace Graft.Kernels.Reference;

/// <summary>The fixed-point operations in exact arithmetic of any length, from their definitions.</summary>
internal static class ReferenceFixedPoint
{
    /// <summary>a * b / 2^31 to nearest, ties upward, saturated.</summary>
    public static int HighMul(int a, int b)
    {
        BigInteger twice = ((BigInteger)a * b) + (BigInteger.One << 30);
        return Saturate(Floor(twice, 31));
    }

    /// <summary>x / 2^exponent to nearest, ties away from zero.</summary>
    public static int DivideByPot(int x, int exponent) =>
        (int)ReferenceElementwise.RoundHalfAway(x, BigInteger.One << exponent);

    /// <summary>x shifted left within 32 bits, times the mantissa, divided.</summary>
    public static int Multiply(int x, int mantissa, int shift)
    {
        int left = Math.Max(shift, 0), right = Math.Max(-shift, 0);
        return DivideByPot(HighMul(x << left, mantissa), right);
    }

    /// <summary>x times the mantissa's upper 16 bits, rounded, to nearest with ties upward.</summary>
    public static int MultiplyReduced(long x, int mantissa, int shift)
    {
        BigInteger reduced = BigInteger.Min(Floor((BigInteger)mantissa + (1 << 15), 16), 0x7FFF);
        int bits = 15 - shift;
        return (int)(long)Floor((x * reduced) + (BigInteger.One << (bits - 1)), bits);
    }

    private static BigInteger Floor(BigInteger x, int bits) => x >> bits;

    private static int Saturate(BigInteger x) => (int)BigInteger.Max(int.MinValue, BigInteger.Min(int.MaxValue, x));
}
