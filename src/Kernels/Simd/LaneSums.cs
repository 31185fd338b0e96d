using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Graft.Kernels.Simd;

/// <summary>Sums of the lanes of four vectors at a time, each with the bits of <see cref="ISimd{TSelf, T}.Sum"/>.</summary>
internal static class LaneSums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<float> Four<V>(V a, V b, V c, V d) where V : unmanaged, ISimd<V, float>
    {
        if (V.Count == 1) return new(Vector128.Create(V.Sum(a), V.Sum(b), V.Sum(c), V.Sum(d)));
        V128<float> p = Fold(a), q = Fold(b), r = Fold(c), s = Fold(d);
        V128<float> lowP = Interleave.Low(p, r), highP = Interleave.High(p, r), lowQ = Interleave.Low(q, s), highQ = Interleave.High(q, s);
        // Lane i of each, four by four.
        V128<float> first = Interleave.Low(lowP, lowQ), second = Interleave.High(lowP, lowQ), third = Interleave.Low(highP, highQ), fourth = Interleave.High(highP, highQ);
        return (first + third) + (second + fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V128<float> Fold<V>(V v) where V : unmanaged, ISimd<V, float>
    {
        if (typeof(V) == typeof(V512<float>))
        {
            var wide = Unsafe.BitCast<V, V512<float>>(v).Lanes;
            return Fold(new V256<float>(wide.GetLower() + wide.GetUpper()));
        }
        if (typeof(V) == typeof(V256<float>))
        {
            var lanes = Unsafe.BitCast<V, V256<float>>(v).Lanes;
            return new(lanes.GetLower() + lanes.GetUpper());
        }
        return Unsafe.BitCast<V, V128<float>>(v);
    }
}
