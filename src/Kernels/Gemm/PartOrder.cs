using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>How four parts of a product and what is behind their last whole four terms join the sum that the product is added to.</summary>
internal interface IPartOrder
{
    /// <summary>True when the terms behind are added to the whole sum; otherwise they are added to the product, and that to the sum.</summary>
    static abstract bool BeginsWithSum { get; }

    static abstract V Join<V>(V a, V b, V c, V d) where V : unmanaged, ISimd<V, float>;
}

/// <summary>sum + (((a + b) + c) + d), then the terms behind: basic recurrent cells and SVDF in the reference.</summary>
internal readonly struct PartsInOrder : IPartOrder
{
    public static bool BeginsWithSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b, V c, V d) where V : unmanaged, ISimd<V, float> => ((a + b) + c) + d;
}

/// <summary>sum + (((a + c) + (b + d)) + the terms behind): LSTM in the reference.</summary>
internal readonly struct PartsInPairs : IPartOrder
{
    public static bool BeginsWithSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b, V c, V d) where V : unmanaged, ISimd<V, float> => (a + c) + (b + d);
}
