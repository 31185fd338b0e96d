using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>1 / (1 + e^-x), the reference's LOGISTIC; small results keep their relative precision.</summary>
internal readonly struct Sigmoid : IMathFn, IExpFn
{
    public static double UlpMax => 2.0;

    // Where the reference stops calculating: beyond, the float result is 1, or the exponential itself is taken.
    private const float UpperCut = 16.619047164916992188f, LowerCut = -9;

    public static float Plain(float x) => x > UpperCut ? 1 : x < LowerCut ? MathF.Exp(x) : 1 / (1 + MathF.Exp(-x));

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => ExpMap.Apply<Sigmoid>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Argument<V>(V x) where V : unmanaged, ISimd<V, float> => V.Select(V.Less(x, V.Splat(LowerCut)), x, -x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Result<V>(V x, V exponential) where V : unmanaged, ISimd<V, float>
    {
        V one = V.Splat(1);
        V quotient = V.Select(V.Less(x, V.Splat(LowerCut)), exponential, one / (one + exponential));
        return V.Select(V.Less(V.Splat(UpperCut), x), one, quotient);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V IsUnusual<V>(V x) where V : unmanaged, ISimd<V, float> => V.Less(x, V.Splat(LowerCut)) | V.Less(V.Splat(UpperCut), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UsualArgument<V>(V x) where V : unmanaged, ISimd<V, float> => -x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UsualResult<V>(V x, V exponential) where V : unmanaged, ISimd<V, float> => V.Splat(1) / (V.Splat(1) + exponential);

    public static double Exact(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V e = Exp.Apply(x | V.Splat(-0f));
        V below = V.Less(x, V.Splat(0));
        return Divide(V.Select(below, e, V.Splat(1)), V.Splat(0), e);
    }

    /// <summary>
    /// factor * sigmoid(x + rest), for a rest far smaller than x; right also where the sigmoid alone is denormal.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(V x, V rest, V factor) where V : unmanaged, ISimd<V, float>
    {
        V zero = V.Splat(0);
        V below = V.Less(x, zero);
        V p = Exp.Split(x | V.Splat(-0f), V.Select(below, rest, -rest), out V first, out V second);
        V scaled = p * factor;
        V scaledLost = ErrorFree.ProductError(p, factor, scaled) * first * second;
        return Divide(V.Select(below, scaled * first * second, factor), V.Select(below, scaledLost, zero), p * first * second);
    }

    // (numerator + its rest) / (1 + e), with what the rounded sum lost, for 0 <= e <= 1. The reciprocal of the sum is near 1 - e/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Divide<V>(V numerator, V numeratorRest, V e) where V : unmanaged, ISimd<V, float>
    {
        V one = V.Splat(1);
        V sum = one + e;
        V lost = e - (sum - one);
        V quotient = numerator / sum;
        V missing = V.MulAddEstimate(quotient, -lost, numeratorRest);
        return V.MulAddEstimate(missing, V.MulAddEstimate(e, V.Splat(-0.5f), one), quotient);
    }
}
