using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>a + b; integers wrap.</summary>
internal readonly struct AddFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => a + b;
}

/// <summary>a - b; integers wrap.</summary>
internal readonly struct SubFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => a - b;
}

/// <summary>a * b; integers wrap.</summary>
internal readonly struct MulFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => a * b;
}

/// <summary>a / b of floating point values; integer division has its own kernel, which checks the divisor.</summary>
internal readonly struct DivFn<T> : IBinaryFn<T> where T : unmanaged, IFloatingPointIeee754<T>, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => a / b;
}

/// <summary>a &gt; b ? a : b, the reference's MAXIMUM.</summary>
internal readonly struct MaximumFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => V.Max(a, b);
}

/// <summary>a &lt; b ? a : b, the reference's MINIMUM.</summary>
internal readonly struct MinimumFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => V.Min(a, b);
}

/// <summary>
/// fn(a, b) clamped to [low, high] as a fused activation does it: NaN passes through, infinities become the bounds.
/// </summary>
internal readonly struct ClampedFn<TFn, T>(T low, T high) : IBinaryClosure<T>
    where TFn : struct, IBinaryFn<T>
    where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => Clamp.Apply<V, T>(TFn.Apply(a, b), low, high);
}
