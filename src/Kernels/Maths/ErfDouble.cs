namespace Graft.Kernels.Maths;

/// <summary>
/// The error function in double arithmetic, for the exact sides of erf and GELU: the Taylor series below 2 and Lentz's
/// continued fraction of erfc above, both run until they no longer change; relative error below 1e-13.
/// </summary>
internal static class ErfDouble
{
    private const double Border = 2;
    private const double TwoOverSqrtPi = 1.1283791670955126;

    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        double a = Math.Abs(x);
        return a < Border ? Series(x) : Math.CopySign(1 - Fraction(a), x);
    }

    public static double Erfc(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x < 0.5) return 1 - Erf(x);
        return x < Border ? 1 - Series(x) : Fraction(x);
    }

    private static double Series(double x)
    {
        // erf(x) = 2/sqrt(pi) e^(-x^2) sum 2^k x^(2k+1) / (1*3*..*(2k+1)): all terms of one sign, so nothing cancels.
        double term = x, sum = x;
        for (int k = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); k++)
        {
            term *= 2 * x * x / ((2 * k) + 1);
            sum += term;
        }
        return TwoOverSqrtPi * Math.Exp(-x * x) * sum;
    }

    private static double Fraction(double x)
    {
        // erfc(x) = e^(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), evaluated backwards.
        if (x > 30) return 0;
        double tail = x;
        for (int k = 200; k > 0; k--) tail = x + (k * 0.5 / tail);
        return Math.Exp(-x * x) * TwoOverSqrtPi / 2 / tail;
    }
}
