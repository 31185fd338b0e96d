using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// The angle of the point (b, a), special values as C's atan2, in double lanes with a relative error below 2^-50, rounded once. That is the
/// nearest float, but for about one result in 10^8, which is the other one next to the exact value.
/// </summary>
internal readonly struct Atan2Fn : IDoubleFn
{
    // Above tan(pi/8) the quotient of the shorter and the longer side becomes that of their difference and their sum.
    private const double Eighth = 0.41421356237309503;

    // Far below any float, so that zeros have a quotient.
    private const double Tiny = 1e-300;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Apply<D>(D a, D b) where D : unmanaged, ISimd<D, double>
    {
        D x = D.Abs(b), y = D.Abs(a), sign = D.Splat(-0.0), right = D.Splat(Math.PI / 2);
        D shorter = D.Min(x, y), longer = D.Max(x, y);
        D isLong = D.Less(longer * D.Splat(Eighth), shorter) | D.Equal(shorter, D.Splat(double.PositiveInfinity));
        // Equal sides may be infinite.
        D difference = D.AndNot(shorter - longer, D.Equal(shorter, longer));
        D t = D.Select(isLong, difference, shorter) / D.Max(D.Splat(Tiny), D.Select(isLong, shorter + longer, longer));
        D angle = (isLong & D.Splat(Math.PI / 4)) + Arc(t);
        angle = D.Select(D.Less(x, y), right - angle, angle);
        // Half a turn, where b has a sign, minus the angle: the constants cancel where it has none.
        angle = (angle ^ (b & sign)) + (right - (right | (b & sign)));
        return D.Select(D.Equal(a, a) & D.Equal(b, b), angle | (a & sign), D.Splat(double.NaN));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D Arc<D>(D t) where D : unmanaged, ISimd<D, double>
    {
        D s = t * t, fourth = s * s;
        // (atan(t) - t) / t^3 in s = t^2 on |t| <= tan(pi/8), weighted by s: 1.3e-16.
        D low = Polynomial.Of(s, -0.3333333333333325, 0.19999999999898238, -0.14285714266067953, 0.11111109634672746, -0.09090852496987885,
            0.07691054071083972);
        D high = Polynomial.Of(s, -0.06649602210243874, 0.057362617485778776, -0.04483102633440281, 0.022747352630047596);
        return D.MulAddEstimate(t * s, D.MulAddEstimate(fourth * fourth * fourth, high, low), t);
    }
}
