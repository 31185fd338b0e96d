using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The hyperbolic tangent and e^x - 1 in double lanes, for results that become floats; relative error below 2^-40.</summary>
internal static class TanhLanes
{
    // Below, a series; above, what a subtraction loses does not show.
    private const double Border = 0.05;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Tanh<D>(D x) where D : unmanaged, ISimd<D, double>
    {
        D a = D.Abs(x), s = x * x;
        // The terms of Taylor's series up to x^9; the next is below 1e-15 of the sum.
        D near = D.MulAddEstimate(x * s, Polynomial.Of(s, -1.0 / 3, 2.0 / 15, -17.0 / 315, 62.0 / 2835), x);
        D one = D.Splat(1);
        D far = (one - D.Splat(2) / (ExpLanes.Of(a + a) + one)) | (x & D.Splat(-0.0));
        return D.Select(D.Less(a, D.Splat(Border)), near, far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D ExpMinusOne<D>(D x) where D : unmanaged, ISimd<D, double>
    {
        // The terms of Taylor's series up to x^8; the next is below 1e-15 of the sum.
        D near = D.MulAddEstimate(x * x, Polynomial.Of(x, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320), x);
        return D.Select(D.Less(D.Abs(x), D.Splat(Border)), near, ExpLanes.Of(x) - D.Splat(1));
    }
}
