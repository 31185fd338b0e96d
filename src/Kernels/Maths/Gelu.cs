using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// x times the normal distribution function of x, also far left, where 1 + erf would cancel. The tail is e^(-x^2/2) times a polynomial in
/// 3 / (3 + |x|); the square is carried in two floats.
/// </summary>
internal readonly struct Gelu : IMathFn
{
    private const float TailScale = 3f;

    // Beyond, the result is zero on the left and x on the right.
    private const float Highest = 14.6f;

    public static double UlpMax => 3.0;

    public static double Exact(double x)
    {
        if (double.IsNegativeInfinity(x)) return 0;
        double tail = ErfDouble.Erfc(Math.Abs(x) / Math.Sqrt(2)) / 2;
        return x < 0 ? x * tail : x * (1 - tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V a = V.Min(V.Splat(Highest), V.Abs(x));
        V square = a * a;
        V rest = ErrorFree.ProductError(a, a, square);
        V minusHalf = V.Splat(-0.5f);
        V density = Exp.Apply(square * minusHalf, rest * minusHalf);
        V z = V.Splat(TailScale) / (V.Splat(TailScale) + a);
        // e^(a^2/2) erfc(a/sqrt(2))/2 in z on a <= 14.6, relative: 9.4e-9.
        V g = Polynomial.Of(
            z, 1.347313076e-01f, 1.062069535e-01f, 1.403717548e-01f, -9.628110379e-02f, 2.764253020e-01f,
            -3.188005686e-01f, 1.516741514e-01f, -2.716825902e-02f);
        g = V.MulAddEstimate(V.MulAddEstimate(g, z, V.Splat(1.328352690e-01f)), z, V.Splat(5.240909559e-06f));
        V tail = g * density * a;
        V zero = V.Splat(0);
        return V.Select(V.Less(x, zero), -tail, x - tail);
    }
}
