using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>x for x >= 0, otherwise e^x - 1.</summary>
internal readonly struct Elu : IMathFn, IPlainFn
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float RoundingMagic = 12582912f;

    // e^-30 - 1 is -1 as a float.
    private const float Lowest = -30f;

    public static double UlpMax => 1.0;

    public static float Plain(float x) => (float)Exact(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.Apply<Elu>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double>
    {
        return D.Select(D.Less(x, D.Splat(0)), TanhLanes.ExpMinusOne(x), x);
    }

    public static double Exact(double x) => x >= 0 ? x : ExactExpM1(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V zero = V.Splat(0);
        V negative = V.Max(V.Splat(Lowest), V.Min(x, zero));
        V magic = V.Splat(RoundingMagic);
        V shifted = V.MulAddEstimate(negative, V.Splat(Log2E), magic);
        V n = shifted - magic;
        V r = V.MulAddEstimate(n, V.Splat(-Ln2High), negative);
        r = V.MulAddEstimate(n, V.Splat(-Ln2Low), r);
        // (e^r - 1 - r) / r^2 on |r| <= 1.01 ln(2)/2, weighted by r^2/(e^r - 1): 2.9e-10.
        V q = Polynomial.Of(
            r, 5.000000000e-01f, 1.666666716e-01f, 4.166631401e-02f, 8.333215490e-03f, 1.394431340e-03f,
                1.996455685e-04f);
        V p = V.MulAddEstimate(r * r, q, r);
        V power = V.AddBits(V.ShiftLeft(V.SubtractBits(shifted, magic), 23), V.Splat(1));
        V below = V.MulAddEstimate(power, p, power - V.Splat(1));
        return V.Select(V.Less(x, zero), below, x);
    }

    // Kahan's correction of exp(x) - 1, exact to a few units in the last place of a double.
    private static double ExactExpM1(double x)
    {
        double u = Math.Exp(x);
        if (u == 1) return x;
        double minusOne = u - 1;
        return minusOne == -1 ? -1 : minusOne * x / Math.Log(u);
    }
}
