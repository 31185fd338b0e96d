using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The hyperbolic tangent; the sign of zero stays.</summary>
internal readonly struct Tanh : IMathFn, IPlainFn
{
    // Below, an odd polynomial; above, 1 - 2 / (e^2x + 1), whose subtraction no longer cancels.
    private const float Border = 0.625f;

    public static double UlpMax => 1.5;

    public static float Plain(float x) => MathF.Tanh(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.Apply<Tanh>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double> => TanhLanes.Tanh(x);

    public static double Exact(double x) => Math.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V a = V.Abs(x);
        V s = a * a;
        // (tanh(a) - a) / a^3 in s = a^2 on a <= 0.65, weighted by a^3/tanh(a): 2.6e-10.
        V p = Polynomial.Of(
            s, -3.333332837e-01f, 1.333315223e-01f, -5.393994227e-02f, 2.166340500e-02f, -8.085629903e-03f,
            2.059583319e-03f);
        V small = V.MulAddEstimate(s * a, p, a);
        V one = V.Splat(1);
        V large = one - (V.Splat(2) / (Exp.Apply(a + a) + one));
        V sign = x & V.Splat(-0f);
        return V.Select(V.Less(a, V.Splat(Border)), small, large) | sign;
    }
}
