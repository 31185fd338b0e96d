using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// The natural logarithm in double lanes of floats above zero, denormal ones included; relative error below 2^-45. -infinity for zeros, NaN
/// below.
/// </summary>
internal static class LogLanes
{
    // Bits of the double next to sqrt(1/2): where the mantissa's interval [sqrt(1/2), sqrt(2)) begins.
    private const long IntervalBits = 0x3FE6A09E667F3BCD;
    private const int MantissaBits = 52;
    private const double RoundingMagic = 6755399441055744.0;
    private const double Ln2High = 0.6931471805592082, Ln2Low = 7.371002565167799e-13;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Of<D>(D x) where D : unmanaged, ISimd<D, double>
    {
        D above = D.SubtractBits(x, D.Splat(BitConverter.Int64BitsToDouble(IntervalBits)));
        // No arithmetic shift of 64 bits is needed: floats have exponents within 2^8, so a bias of 2^10 keeps the sum positive.
        D biased = D.ShiftRightLogical(D.AddBits(above, D.Splat(BitConverter.Int64BitsToDouble(1L << 62))), MantissaBits);
        D exponent = D.SubtractBits(biased, D.Splat(BitConverter.Int64BitsToDouble(1L << 10)));
        D magic = D.Splat(RoundingMagic);
        D e = D.AddBits(exponent, magic) - magic;
        D m = D.SubtractBits(x, D.ShiftLeft(exponent, MantissaBits));
        D one = D.Splat(1);
        D f = (m - one) / (m + one);
        D s = f * f;
        // (atanh(f) - f) / f^3 in s = f^2 on f <= 0.1717, weighted by f^2: 1.9e-16.
        D q = Polynomial.Of(s, 0.33333333333333676, 0.1999999999970509, 0.14285714371760908, 0.1111109922166106, 0.09091785872991827,
            0.07656922239397602, 0.07399082408565534);
        D two = f + f;
        D result = D.MulAddEstimate(e, D.Splat(Ln2High), two + D.MulAddEstimate(two * s, q, e * D.Splat(Ln2Low)));
        D zero = D.Splat(0);
        result = D.Select(D.Equal(x, zero), D.Splat(double.NegativeInfinity), result);
        result = D.Select(D.Less(x, zero), D.Splat(double.NaN), result);
        return D.Select(D.Less(x, D.Splat(double.PositiveInfinity)), result, x);
    }
}
