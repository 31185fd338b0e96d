using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>How the quotient of two integers becomes whole.</summary>
internal interface IWholeQuotient
{
    public static abstract V Round<V, T>(V quotient) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T>;
}

/// <summary>Towards zero.</summary>
internal readonly struct CutToZero : IWholeQuotient
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<V, T>(V quotient) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Truncate(quotient);
}

/// <summary>Down.</summary>
internal readonly struct RoundDown : IWholeQuotient
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<V, T>(V quotient) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Floor(quotient);
}

/// <summary>
/// The whole quotient of integers of 8 or 16 bits, through float lanes: dividends below 2^24 lie further from what would be rounded across a
/// whole number than a float's last place. The smallest one divided by -1 wraps. b is not zero.
/// </summary>
internal readonly struct NarrowQuotient<TWhole, T> : IWideBinaryFn
    where TWhole : struct, IWholeQuotient
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I quotient = TLanes.ToInt(TWhole.Round<F, float>(TLanes.ToFloat(a) / TLanes.ToFloat(b)));
        // Only the smallest integer divided by -1 gives one more than the greatest.
        if (T.IsZero(T.MinValue)) return quotient;
        int greatest = int.CreateTruncating(T.MaxValue);
        return I.Select(I.Less(I.Splat(greatest), quotient), I.Splat(~greatest), quotient);
    }
}

/// <summary>What that quotient leaves of a.</summary>
internal readonly struct NarrowRemainder<TWhole> : IWideBinaryFn where TWhole : struct, IWholeQuotient
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> =>
        a - (TLanes.ToInt(TWhole.Round<F, float>(TLanes.ToFloat(a) / TLanes.ToFloat(b))) * b);
}

/// <summary>The whole quotient of integers of 32 bits, through double lanes; the smallest one divided by -1 wraps. b is not zero.</summary>
internal readonly struct WordQuotient<TWhole, T> : IBinaryFn<T>
    where TWhole : struct, IWholeQuotient
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T>
    {
        if (typeof(V) == typeof(V512<T>)) return As<V512<int>, V>(Of<Doubles512, V512<int>, V512<double>>(As<V, V512<int>>(a), As<V, V512<int>>(b)));
        if (typeof(V) == typeof(V256<T>)) return As<V256<int>, V>(Of<Doubles256, V256<int>, V256<double>>(As<V, V256<int>>(a), As<V, V256<int>>(b)));
        if (typeof(V) == typeof(V128<T>)) return As<V128<int>, V>(Of<Doubles128, V128<int>, V128<double>>(As<V, V128<int>>(a), As<V, V128<int>>(b)));
        return As<Scalar<int>, V>(Of<DoublesScalar, Scalar<int>, Scalar<double>>(As<V, Scalar<int>>(a), As<V, Scalar<int>>(b)));
    }

    // Of one size: T is int or uint.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTo As<TFrom, TTo>(TFrom v) where TFrom : unmanaged where TTo : unmanaged => Unsafe.BitCast<TFrom, TTo>(v);

    [MethodImpl(Jit.Loop)]
    private static I Of<L, I, D>(I a, I b)
        where L : unmanaged, IWords<I, D>
        where I : unmanaged, ISimd<I, int>
        where D : unmanaged, ISimd<D, double> =>
        L.JoinWhole(
            TWhole.Round<D, double>(WholeDoubles.Of<T, D>(L.Lower(a)) / WholeDoubles.Of<T, D>(L.Lower(b))),
            TWhole.Round<D, double>(WholeDoubles.Of<T, D>(L.Upper(a)) / WholeDoubles.Of<T, D>(L.Upper(b))));
}

/// <summary>What that quotient leaves of a.</summary>
internal readonly struct WordRemainder<TWhole, T> : IBinaryFn<T>
    where TWhole : struct, IWholeQuotient
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => a - (WordQuotient<TWhole, T>.Apply(a, b) * b);
}
