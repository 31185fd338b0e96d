using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>x min(max(x + 3, 0), 6) / 6, in the reference's order of operations.</summary>
internal readonly struct HardSwish : IMathFn
{
    // The first product that rounds to infinity as a float: 2^128 - 2^103. The reference divides after it.
    private const double Overflow = 3.4028235677973366e38;

    public static double UlpMax => 2.0;

    public static float Plain(float x) => x * Math.Min(6, Math.Max(0, x + 3)) / 6;

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => Elementwise.Map.Apply<HardSwish, float>(input, output);

    public static double Exact(double x)
    {
        double product = x * Math.Min(6, Math.Max(0, x + 3));
        return Math.Abs(product) >= Overflow ? double.CopySign(double.PositiveInfinity, product) : product / 6;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V gate = V.Min(V.Splat(6), V.Max(V.Splat(0), x + V.Splat(3)));
        return x * gate / V.Splat(6);
    }
}
