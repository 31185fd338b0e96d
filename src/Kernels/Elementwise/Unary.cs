using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>|x|; the smallest integer stays.</summary>
internal readonly struct AbsFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => V.Abs(x);
}

/// <summary>-x; the smallest integer stays.</summary>
internal readonly struct NegFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => -x;
}

/// <summary>x * x; integers wrap.</summary>
internal readonly struct SquareFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => x * x;
}

/// <summary>1 where x is zero, else 0.</summary>
internal readonly struct IsZeroFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => V.Select(V.Equal(x, V.Splat(T.Zero)), V.Splat(T.One), V.Splat(T.Zero));
}

/// <summary>The largest whole number not above x.</summary>
internal readonly struct FloorFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => V.Floor(x);
}

/// <summary>The smallest whole number not below x.</summary>
internal readonly struct CeilFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => V.Ceiling(x);
}

/// <summary>The nearest whole number, ties to even. What rounds to zero gives +0, as in the reference; -0 stays.</summary>
internal readonly struct RoundFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T>
    {
        V zero = V.Splat(T.Zero);
        return V.Select(V.Equal(x, zero), x, V.RoundEven(x) + zero);
    }
}

/// <summary>-1, 0 or 1; zeros of any sign give +0 and NaN stays.</summary>
internal readonly struct SignFn<T> : IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T>
    {
        V zero = V.Splat(T.Zero), one = V.Splat(T.One);
        return V.Select(V.Less(zero, x), one, V.Select(V.Less(x, zero), zero - one, x + zero));
    }
}

/// <summary>x for x > 0, otherwise alpha * x.</summary>
internal readonly struct LeakyReluFn(float alpha) : IUnaryClosure<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> =>
        V.Select(V.Less(V.Splat(0), x), x, x * V.Splat(alpha));
}

/// <summary>x for x >= 0, otherwise slope * x, the slope being an operand.</summary>
internal readonly struct PreluFn : IBinaryFn<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x, V slope) where V : unmanaged, ISimd<V, float> =>
        V.Select(V.LessOrEqual(V.Splat(0), x), x, x * slope);
}
