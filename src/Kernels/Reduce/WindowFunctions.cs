using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>a &gt;= b ? a : b.</summary>
internal readonly struct NotSmallerFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => V.Select(V.GreaterOrEqual(a, b), a, b);
}

/// <summary>a &lt;= b ? a : b.</summary>
internal readonly struct NotLargerFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => V.Select(V.LessOrEqual(a, b), a, b);
}

/// <summary>1 when both are different from 0, else 0.</summary>
internal readonly struct BothFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> =>
        V.Select(V.Equal(a, V.Splat(T.Zero)) | V.Equal(b, V.Splat(T.Zero)), V.Splat(T.Zero), V.Splat(T.One));
}

/// <summary>1 when one is different from 0, else 0.</summary>
internal readonly struct EitherFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> =>
        V.Select(V.Equal(a, V.Splat(T.Zero)) & V.Equal(b, V.Splat(T.Zero)), V.Splat(T.Zero), V.Splat(T.One));
}
