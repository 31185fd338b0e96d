using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The error function and its complement in double lanes, for results that become floats; relative error below 2^-40.</summary>
internal static class ErfLanes
{
    // erfc(10.6) rounds to zero as a float.
    private const double Highest = 10.6;
    private const double Scale = 4;
    private const double Centre = 0.625;

    // Below, an odd polynomial; above, 1 - erfc, whose subtraction no longer cancels.
    private const double Border = 0.5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Erfc<D>(D x) where D : unmanaged, ISimd<D, double>
    {
        D tail = Tail(D.Abs(x));
        return D.Select(D.Less(x, D.Splat(0)), D.Splat(2) - tail, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Erf<D>(D x) where D : unmanaged, ISimd<D, double>
    {
        D a = D.Abs(x);
        D s = x * x;
        // erf(x)/x in s = x^2 on s <= 0.2505, relative: 6.5e-16.
        D near = x * Polynomial.Of(s, 1.128379167095512, -0.3761263890314693, 0.11283791667880733, -0.0268661696653883, 0.005223962261419217,
            -0.0008547015153006393, 0.00011992996904639668, -1.3367188777734358e-05);
        D far = (D.Splat(1) - Tail(a)) | (x & D.Splat(-0.0));
        return D.Select(D.Less(a, D.Splat(Border)), near, far);
    }

    /// <summary>erfc(a) for a >= 0: e^(-a^2) z h, with z = 4 / (4 + a). The square of a float is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D Tail<D>(D a) where D : unmanaged, ISimd<D, double>
    {
        a = D.Min(D.Splat(Highest), a);
        D z = D.Splat(Scale) / (D.Splat(Scale) + a);
        D t = z - D.Splat(Centre);
        // e^(a^2) erfc(a) / z in t = z - 5/8 on 0 <= a <= 10.6, relative: 6.7e-13.
        D low = Polynomial.Of(t, 0.3495979752591611, 0.7445678333260981, 1.3351659512704845, 2.0165459995574757, 2.5442920937220452,
            2.6283880363995533, 2.13027617837289, 1.2208434014583855);
        D high = Polynomial.Of(t, 0.3217819980557966, -0.1815993325128192, -0.21991273800957356, -0.03906450345459735, 0.07035589107612282,
            0.0316444010101819, -0.017439295282711507);
        D square = t * t, fourth = square * square;
        return D.MulAddEstimate(high, fourth * fourth, low) * z * ExpLanes.Of(-(a * a));
    }
}
