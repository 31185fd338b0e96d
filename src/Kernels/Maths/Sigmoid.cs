using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>1 / (1 + e^-x), the reference's LOGISTIC; small results keep their relative precision.</summary>
internal readonly struct Sigmoid : IMathFn
{
    public static double UlpMax => 2.1;

    public static double Exact(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V e = Exp.Apply(x | V.Splat(-0f));
        V one = V.Splat(1);
        return V.Select(V.Less(x, V.Splat(0)), e, one) / (one + e);
    }

    /// <summary>factor * sigmoid(x + rest), for a rest far smaller than x; right also where the sigmoid alone is denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(V x, V rest, V factor) where V : unmanaged, ISimd<V, float>
    {
        V below = V.Less(x, V.Splat(0));
        V p = Exp.Split(x | V.Splat(-0f), V.Select(below, rest, -rest), out V first, out V second);
        V scaled = V.Select(below, p * factor * first * second, factor);
        return scaled / (V.Splat(1) + (p * first * second));
    }
}
