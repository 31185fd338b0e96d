using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The cube root, with the sign of x: e^(log|x| / 3), and one step of Newton's iteration.</summary>
internal readonly struct Cbrt : IMathFn
{
    public static double UlpMax => 1.5;

    public static float Plain(float x) => MathF.Cbrt(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.OneByOne<Cbrt>(input, output);

    public static double Exact(double x) => Math.Cbrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V third = V.Splat(1f / 3), size = V.Abs(x), y = Exp.Apply(Log.Apply(size) * third);
        V root = y - (y - size / (y * y)) * third;
        V isFinite = V.Less(V.Splat(0), size) & V.Less(size, V.Splat(float.PositiveInfinity));
        return V.Select(isFinite, root | (x & V.Splat(-0f)), x);
    }
}
