using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The error function; the sign of zero stays.</summary>
internal readonly struct Erf : IMathFn, IPlainFn
{
    private const float Border = 0.93f;

    // erf is 1 as a float from 3.92 on.
    private const float Highest = 4f;

    public static double UlpMax => 1.5;

    public static float Plain(float x) => (float)Exact(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.Apply<Erf>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double> => ErfLanes.Erf(x);

    public static double Exact(double x) => ErfDouble.Erf(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V a = V.Min(V.Splat(Highest), V.Abs(x));
        V s = a * a;
        // erf(a)/a - 1 in s = a^2 on a <= 0.93, weighted by a/erf(a): 4.6e-10.
        V p = Polynomial.Of(
            s, 1.283791661e-01f, -3.761263192e-01f, 1.128368899e-01f, -2.685900405e-02f, 5.200024229e-03f,
            -8.131089271e-04f, 8.320576308e-05f);
        V small = V.MulAddEstimate(a, p, a);
        // log(erfc(a)) on [0.92, 4], weighted by erfc/erf: 4.6e-11.
        V q = Polynomial.Of(
            a, 1.746867929e-04f, -1.129514933e+00f, -6.333468556e-01f, -1.082801297e-01f, 2.511945367e-02f,
            -4.171073902e-03f, 4.344651243e-04f, -2.109528759e-05f);
        V large = V.Splat(1) - Exp.Apply(q);
        V sign = x & V.Splat(-0f);
        return V.Select(V.Less(a, V.Splat(Border)), small, large) | sign;
    }
}
