using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>Horner's scheme, lowest coefficient first.</summary>
internal static class Polynomial
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x, T c0, T c1, T c2) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
        V.MulAddEstimate(V.MulAddEstimate(V.Splat(c2), x, V.Splat(c1)), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x, T c0, T c1, T c2, T c3) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
        V.MulAddEstimate(Of(x, c1, c2, c3), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x, T c0, T c1, T c2, T c3, T c4)
        where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x, T c0, T c1, T c2, T c3, T c4, T c5)
        where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4, c5), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x, T c0, T c1, T c2, T c3, T c4, T c5, T c6)
        where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4, c5, c6), x, V.Splat(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x, T c0, T c1, T c2, T c3, T c4, T c5, T c6, T c7)
        where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
        V.MulAddEstimate(Of(x, c1, c2, c3, c4, c5, c6, c7), x, V.Splat(c0));
}
