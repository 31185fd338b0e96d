using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>x min(max(x + 3, 0), 6) / 6, in the reference's order of operations.</summary>
internal readonly struct HardSwish : IMathFn
{
    public static double UlpMax => 2.0;

    public static double Exact(double x) => x * Math.Min(6, Math.Max(0, (double)((float)x + 3f))) / 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V gate = V.Min(V.Splat(6), V.Max(V.Splat(0), x + V.Splat(3)));
        return x * gate / V.Splat(6);
    }
}
