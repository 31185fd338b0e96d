using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// x times the normal distribution function of x, also far left, where 1 + erf would cancel. Near zero an odd
/// polynomial; the tail is e^(-x^2/2) times a polynomial in 4 / (4 + |x|). What the last steps lose is carried along.
/// Negative infinity gives NaN, the product of it and zero, as in the reference.
/// </summary>
internal readonly struct Gelu : IMathFn, IPlainFn
{
    private const float Border = 1f;
    private const float TailScale = 4f;
    private const float TailCentre = 0.5f;

    // Beyond, the result is zero on the left and x on the right.
    private const float Highest = 14.6f;

    public static double UlpMax => 2.0;

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
        V tail = Tail(V.Min(V.Splat(Highest), V.Abs(x)));
        V zero = V.Splat(0);
        V far = V.Select(V.Less(x, zero), (x * zero) - tail, x - tail);
        return V.Select(V.Less(V.Abs(x), V.Splat(Border)), Near(x), far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Near<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V s = x * x, half = V.Splat(0.5f);
        // (distribution(x) - 1/2) / x in s = x^2 on |x| <= 1.02, weighted by x / distribution(-x): 6.6e-10.
        V constant = V.Splat(3.989422917e-01f), constantRest = V.Splat(-1.480092138e-08f);
        V others = s * Polynomial.Of(
            s, -6.649030000e-02f, 9.972997941e-03f, -1.185597386e-03f, 1.127600190e-04f,
            -7.391148756e-06f);
        V p = constant + others;
        V pLost = (constant - p) + others + constantRest;
        V distance = x * p;
        V gate = half + distance;
        V gateLost = (half - gate) + distance + V.MulAddEstimate(x, pLost, ErrorFree.ProductError(x, p, distance));
        return V.MulAddEstimate(x, gateLost, x * gate);
    }

    /// <summary>a times the distribution function of -a, for 1 &lt;= a &lt;= 14.6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Tail<V>(V a) where V : unmanaged, ISimd<V, float>
    {
        V scale = V.Splat(TailScale);
        V d = scale + a;
        V z = scale / d;
        V product = z * d;
        V zLost = (((scale - product) - ErrorFree.ProductError(z, d, product)) - (z * (a - (d - scale)))) * V.Splat(1 / TailScale);
        // g = a e^(a^2/2) erfc(a/sqrt(2))/2 in z - 1/2 on 0.99 <= a <= 14.7, relative: 1.4e-8.
        V t = z - V.Splat(TailCentre);
        V constant = V.Splat(3.776425719e-01f), constantRest = V.Splat(-7.746414177e-09f);
        V others = t * Polynomial.Of(
            t, -1.473885179e-01f, -4.415179193e-01f, -8.024575710e-01f, -1.009055018e+00f, -8.459182382e-01f,
            -3.509170115e-01f, 1.221536025e-01f, 2.023630440e-01f);
        V g = constant + others;
        V gLost = (constant - g) + others + constantRest;
        // z g'/g within 0.07 and 1/g within 0.3: relative errors of z and g move into the exponent.
        V sensitivity = Polynomial.Of(z, 1.86527f, -15.3187f, 39.2506f, -33.2892f);
        V inverse = V.MulAddEstimate(z, V.Splat(2.25145f), V.Splat(1.74058f));
        V square = a * a;
        V minusHalf = V.Splat(-0.5f);
        V rest = V.MulAddEstimate(zLost, sensitivity, gLost * inverse);
        rest = V.MulAddEstimate(ErrorFree.ProductError(a, a, square), minusHalf, rest);
        V p = Exp.Split(square * minusHalf, rest, out V first, out V second);
        return g * p * first * second;
    }
}
