using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>How a sum of products is made: where the bias joins it, and how it takes its next term.</summary>
internal interface IMulAdd
{
    /// <summary>True when the sum begins with the bias; otherwise the bias is added to the finished sum.</summary>
    static abstract bool BeginsWithBias { get; }

    static abstract V Add<V, O>(V a, V b, V sum) where V : unmanaged where O : struct, IFloats<V>;
}

/// <summary>One rounding where the CPU has FMA, beginning with the bias.</summary>
internal readonly struct Fused : IMulAdd
{
    public static bool BeginsWithBias => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V, O>(V a, V b, V sum) where V : unmanaged where O : struct, IFloats<V> => O.MulAddEstimate(a, b, sum);
}

/// <summary>Two roundings: the bits of <c>sum += a * b</c>, and the bias last.</summary>
internal readonly struct Separate : IMulAdd
{
    public static bool BeginsWithBias => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V, O>(V a, V b, V sum) where V : unmanaged where O : struct, IFloats<V> => O.Add(sum, O.Multiply(a, b));
}
