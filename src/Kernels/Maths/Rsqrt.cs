using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>1 / sqrt(x) as a root and a division, each correctly rounded, as the reference does it.</summary>
internal readonly struct Rsqrt : IMathFn
{
    public static double UlpMax => 1.5;

    public static float Plain(float x) => 1 / MathF.Sqrt(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => Elementwise.Map.Apply<Rsqrt, float>(input, output);

    public static double Exact(double x) => 1 / Math.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => V.Splat(1) / V.Sqrt(x);
}
