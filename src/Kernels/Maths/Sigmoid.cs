using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>1 / (1 + e^-x), the reference's LOGISTIC; small results keep their relative precision.</summary>
internal readonly struct Sigmoid : IMathFn
{
    public static double UlpMax => 2.0;

    public static double Exact(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => Apply(x, V.Splat(0));

    /// <summary>Of x + rest, for a rest far smaller than x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x, V rest) where V : unmanaged, ISimd<V, float>
    {
        V negative = x | V.Splat(-0f);
        V below = V.Less(x, V.Splat(0));
        V e = Exp.Apply(negative, V.Select(below, rest, -rest));
        V one = V.Splat(1);
        return V.Select(below, e, one) / (one + e);
    }
}
