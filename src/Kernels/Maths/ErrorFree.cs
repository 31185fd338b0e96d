using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// What a rounded product or sum lost, itself exact unless it underflows: arithmetic in pairs of floats.
/// </summary>
internal static class ErrorFree
{
    /// <summary>
    /// a * b - product, where product is the rounded a * b. Dekker's splitting where there is no FMA, with the same
    /// result.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ProductError<V>(V a, V b, V product) where V : unmanaged, ISimd<V, float>
    {
        if (Isa.HasFma) return V.MulAdd(a, b, -product);
        V upper = V.Splat(BitConverter.Int32BitsToSingle(unchecked((int)0xFFFF_F000)));
        V aHigh = a & upper, bHigh = b & upper;
        V aLow = a - aHigh, bLow = b - bHigh;
        return ((((aHigh * bHigh) - product) + (aHigh * bLow)) + (aLow * bHigh)) + (aLow * bLow);
    }

    /// <summary>a + b - sum, where sum is the rounded a + b (Knuth's two-sum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SumError<V>(V a, V b, V sum) where V : unmanaged, ISimd<V, float>
    {
        V bPart = sum - a;
        return (a - (sum - bPart)) + (b - bPart);
    }
}
