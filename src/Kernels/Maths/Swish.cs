using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// x times the float that <see cref="Sigmoid"/> gives for x, rounded again and clamped to finite numbers: the bits of LOGISTIC and MUL one after
/// the other.
/// </summary>
internal readonly struct Swish : IMathFn, IExpFn
{
    // Where the gate is denormal, its error in units of the last place is multiplied by |x|, which is at most 104 there.
    public static double UlpMax => 210;

    public static float Plain(float x) => Finite<Scalar<float>>(new(x * Sigmoid.Plain(x))).Value;

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => ExpMap.Apply<Swish>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Argument<V>(V x) where V : unmanaged, ISimd<V, float> => Sigmoid.Argument(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Result<V>(V x, V exponential) where V : unmanaged, ISimd<V, float> => Finite(x * Sigmoid.Result(x, exponential));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V IsUnusual<V>(V x) where V : unmanaged, ISimd<V, float> => Sigmoid.IsUnusual(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UsualArgument<V>(V x) where V : unmanaged, ISimd<V, float> => Sigmoid.UsualArgument(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UsualResult<V>(V x, V exponential) where V : unmanaged, ISimd<V, float> => x * Sigmoid.UsualResult(x, exponential);

    public static double Exact(double x) => Math.Clamp(x * Sigmoid.Exact(x), float.MinValue, float.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => Finite(x * Sigmoid.Apply(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Finite<V>(V x) where V : unmanaged, ISimd<V, float> => Elementwise.Clamp.Apply<V, float>(x, float.MinValue, float.MaxValue);
}
