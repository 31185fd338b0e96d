using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>Horner's scheme, lowest coefficient first.</summary>
internal static class Polynomial
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, float c0, float c1, float c2) where V : unmanaged, ISimd<V, float> =>
        V.MulAddEstimate(V.MulAddEstimate(V.Splat(c2), x, V.Splat(c1)), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, float c0, float c1, float c2, float c3) where V : unmanaged, ISimd<V, float> =>
        V.MulAddEstimate(Of(x, c1, c2, c3), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, float c0, float c1, float c2, float c3, float c4)
        where V : unmanaged, ISimd<V, float> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, float c0, float c1, float c2, float c3, float c4, float c5)
        where V : unmanaged, ISimd<V, float> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4, c5), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, float c0, float c1, float c2, float c3, float c4, float c5, float c6)
        where V : unmanaged, ISimd<V, float> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4, c5, c6), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, float c0, float c1, float c2, float c3, float c4, float c5, float c6, float c7)
        where V : unmanaged, ISimd<V, float> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4, c5, c6, c7), x, V.Splat(c0));
}
