using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>Roundings that are no single instruction.</summary>
internal static class Rounding
{
    /// <summary>The nearest whole number, ties away from zero, exactly; NaN and infinities stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V HalfAway<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V whole = V.Truncate(x);
        V atLeastHalf = V.LessOrEqual(V.Splat(0.5f), V.Abs(x - whole));
        V one = (x & V.Splat(-0f)) | V.Splat(1);
        return whole + (atLeastHalf & one);
    }
}
