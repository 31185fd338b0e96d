using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// min(max(x, low), high) with NaN passed through: RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1 and fused activations.
/// </summary>
internal readonly struct Clamp<T>(T low, T high) : IUnaryClosure<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => Clamp.Apply<V, T>(x, low, high);
}

/// <summary>min(max(x, low), high) in which NaN counts as the lowest number, as in the reference's float16 kernels.</summary>
internal readonly struct ClampNumbers<T>(T low, T high) : IUnaryClosure<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => V.Min(V.Splat(high), V.Max(x, V.Splat(low)));
}

/// <summary>The body of <see cref="Clamp{T}"/>, for kernels that clamp what they computed.</summary>
internal static class Clamp
{
    // Min and Max give their second operand for NaN and for two zeros, so the value goes second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, T low, T high)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryNumber<T> =>
        V.Min(V.Splat(high), V.Max(V.Splat(low), x));
}
