using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// A comparison of floats of 16 bits that are given as lanes of short: their signs and magnitudes are in the order of whole numbers, the two
/// zeros being one, and where either is NaN the result is that of NaN.
/// </summary>
internal readonly struct HalfComparison<TComparison, TFormat> : ILaneComparison
    where TComparison : struct, IComparison
    where TFormat : struct, IHalfFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T>
    {
        V magnitude = V.Splat(T.CreateTruncating(short.MaxValue)), infinity = V.Splat(T.CreateTruncating(TFormat.Infinity));
        V sizeA = a & magnitude, sizeB = b & magnitude, signA = V.ShiftRightArithmetic(a, 15), signB = V.ShiftRightArithmetic(b, 15);
        V isNaN = V.Less(infinity, sizeA) | V.Less(infinity, sizeB);
        V result = TComparison.Test<V, T>((sizeA ^ signA) - signA, (sizeB ^ signB) - signB);
        return TComparison.Test(float.NaN, float.NaN) ? result | isNaN : V.AndNot(result, isNaN);
    }
}
