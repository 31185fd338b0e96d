using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>How a sum of products takes its next term.</summary>
internal interface IMulAdd
{
    static abstract V Add<V>(V a, V b, V sum) where V : unmanaged, ISimd<V, float>;
}

/// <summary>One rounding where the CPU has FMA.</summary>
internal readonly struct Fused : IMulAdd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V a, V b, V sum) where V : unmanaged, ISimd<V, float> => V.MulAddEstimate(a, b, sum);
}

/// <summary>Two roundings: the bits of <c>sum += a * b</c>.</summary>
internal readonly struct Separate : IMulAdd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V a, V b, V sum) where V : unmanaged, ISimd<V, float> => sum + (a * b);
}
