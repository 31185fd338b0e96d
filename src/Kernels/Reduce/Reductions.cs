using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>An associative operation with its neutral element.</summary>
internal interface IReduction<T> where T : unmanaged, IBinaryNumber<T>
{
    /// <summary>What an empty reduction gives.</summary>
    public static abstract T Identity { get; }

    /// <summary>
    /// Whether a reduction of all axes starts from the first element, as the reference's minimum and maximum do.
    /// </summary>
    public static abstract bool StartsFromFirst { get; }

    public static abstract V Combine<V>(V value, V current) where V : unmanaged, ISimd<V, T>;

    /// <summary>All lanes combined by halving.</summary>
    public static abstract T Fold<V>(V lanes) where V : unmanaged, ISimd<V, T>;
}

/// <summary>What a reduction does with two elements, as a function of them.</summary>
internal readonly struct CombineFn<TOp, T> : IBinaryFn<T>
    where TOp : struct, IReduction<T>
    where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V value, V current) where V : unmanaged, ISimd<V, T> => TOp.Combine(value, current);
}

/// <summary>SUM; integers wrap.</summary>
internal readonly struct SumOf<T> : IReduction<T> where T : unmanaged, IBinaryNumber<T>
{
    public static T Identity => T.Zero;
    public static bool StartsFromFirst => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V value, V current) where V : unmanaged, ISimd<V, T> => current + value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Fold<V>(V lanes) where V : unmanaged, ISimd<V, T> => V.Sum(lanes);
}

/// <summary>REDUCE_PROD; integers wrap.</summary>
internal readonly struct ProductOf<T> : IReduction<T> where T : unmanaged, IBinaryNumber<T>
{
    public static T Identity => T.One;
    public static bool StartsFromFirst => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V value, V current) where V : unmanaged, ISimd<V, T> => current * value;

    public static T Fold<V>(V lanes) where V : unmanaged, ISimd<V, T>
    {
        // In bounds: Count elements of a local vector.
        ref T first = ref Unsafe.As<V, T>(ref lanes);
        for (int half = V.Count / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) Unsafe.Add(ref first, i) *= Unsafe.Add(ref first, i + half);
        }
        return first;
    }
}

/// <summary>
/// REDUCE_MAX. A NaN never replaces a number, as in the reference; so the least finite number where all are NaN or
/// -infinity, but when every axis is reduced the first element decides in these cases.
/// </summary>
internal readonly struct MaximumOf<T> : IExtreme<T> where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
{
    public static T Identity => T.MinValue;
    public static bool StartsFromFirst => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V value, V current) where V : unmanaged, ISimd<V, T> => V.Max(value, current);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Fold<V>(V lanes) where V : unmanaged, ISimd<V, T> => V.ReduceMax(lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Beats<V>(V value, V current) where V : unmanaged, ISimd<V, T> => V.AndNot(V.Equal(value, value), V.LessOrEqual(value, current));
}

/// <summary>REDUCE_MIN, the mirror of <see cref="MaximumOf{T}"/>.</summary>
internal readonly struct MinimumOf<T> : IExtreme<T> where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
{
    public static T Identity => T.MaxValue;
    public static bool StartsFromFirst => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V value, V current) where V : unmanaged, ISimd<V, T> => V.Min(value, current);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Fold<V>(V lanes) where V : unmanaged, ISimd<V, T> => V.ReduceMin(lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Beats<V>(V value, V current) where V : unmanaged, ISimd<V, T> => V.AndNot(V.Equal(value, value), V.LessOrEqual(current, value));
}
