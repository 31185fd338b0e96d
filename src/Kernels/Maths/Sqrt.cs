using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The square root, correctly rounded; NaN below zero.</summary>
internal readonly struct Sqrt : IMathFn
{
    public static double UlpMax => 0.5;

    public static float Plain(float x) => MathF.Sqrt(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => Elementwise.Map.Apply<Sqrt, float>(input, output);

    public static double Exact(double x) => Math.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => V.Sqrt(x);
}
