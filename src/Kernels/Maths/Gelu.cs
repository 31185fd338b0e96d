using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// x times the normal distribution function of x, also far left, where 1 + erf would cancel. Near zero an odd
/// polynomial; the tail is e^(-x^2/2) times a polynomial in 3 / (3 + |x|), the square and that quotient being carried
/// in two floats. Negative infinity gives NaN, the product of it and zero, as in the reference.
/// </summary>
internal readonly struct Gelu : IMathFn, IPlainFn
{
    private const float Border = 1f;
    private const float TailScale = 3f;
    private const float TailCentre = 15f / 32;

    // Beyond, the result is zero on the left and x on the right.
    private const float Highest = 14.6f;

    public static double UlpMax => 4.5;

    public static float Plain(float x) => 0.5f * x * (float)ErfDouble.Erfc(x * -0.70710678118654752440f);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.Apply<Gelu>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double>
    {
        D erfc = L.ToFloats(ErfLanes.Erfc(L.ToFloats(x * D.Splat(-0.70710678118654752440f))));
        return L.ToFloats(x * D.Splat(0.5)) * erfc;
    }

    public static double Exact(double x)
    {
        if (double.IsNegativeInfinity(x)) return double.NaN;
        double tail = ErfDouble.Erfc(Math.Abs(x) / Math.Sqrt(2)) / 2;
        return x < 0 ? x * tail : x * (1 - tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V s = x * x;
        // (distribution(x) - 1/2) / x in s = x^2 on |x| <= 1.02, weighted by x / distribution(-x): 6.6e-10.
        V p = Polynomial.Of(
            s, 3.989422917e-01f, -6.649030000e-02f, 9.972997941e-03f, -1.185597386e-03f, 1.127600117e-04f,
            -7.391147392e-06f);
        V near = x * V.MulAddEstimate(x, p, V.Splat(0.5f));
        V tail = Tail(V.Min(V.Splat(Highest), V.Abs(x)));
        V zero = V.Splat(0);
        V far = V.Select(V.Less(x, zero), (x * zero) - tail, x - tail);
        return V.Select(V.Less(V.Abs(x), V.Splat(Border)), near, far);
    }

    /// <summary>a times the distribution function of -a, for 1 &lt;= a &lt;= 14.6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Tail<V>(V a) where V : unmanaged, ISimd<V, float>
    {
        V scale = V.Splat(TailScale), one = V.Splat(1);
        V d = scale + a;
        V z = scale / d;
        V product = z * d;
        V zLost = (((scale - product) - ErrorFree.ProductError(z, d, product)) - (z * (a - (d - scale)))) / scale;
        // e^(a^2/2) erfc(a/sqrt(2))/2 / z in z - 15/32 on 0.99 <= a <= 14.6, relative: 1.4e-8. With the factor z it
        // grows as z to the power of nearly 1 + 1.46 z.
        V h = Polynomial.Of(
            z - V.Splat(TailCentre), 2.327124178e-01f, 3.207622468e-01f, 2.945692539e-01f, 1.322651953e-01f,
            -4.382473603e-02f, -7.722233236e-02f, 9.839937091e-03f, 4.353591427e-02f);
        V power = V.MulAddEstimate(z, V.Splat(1.46f), one);
        V square = a * a;
        V minusHalf = V.Splat(-0.5f);
        V rest = V.MulAddEstimate(zLost, power, ErrorFree.ProductError(a, a, square) * minusHalf);
        V p = Exp.Split(square * minusHalf, rest, out V first, out V second);
        return h * (z * a) * p * first * second;
    }
}
