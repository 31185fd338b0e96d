using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>A comparison of the lanes of two vectors, as a mask. NaN equals nothing and has no order.</summary>
internal interface ILaneComparison
{
    public static abstract V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T>;
}

/// <summary>The same, and of two elements.</summary>
internal interface IComparison : ILaneComparison
{
    public static abstract bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool>;
}

internal readonly struct IsEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a == b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Equal(a, b);
}

internal readonly struct IsNotEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a != b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => ~V.Equal(a, b);
}

internal readonly struct IsLess : IComparison
{
    public static bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a < b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Less(a, b);
}

internal readonly struct IsLessOrEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a <= b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.LessOrEqual(a, b);
}

internal readonly struct IsGreater : IComparison
{
    public static bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a > b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Greater(a, b);
}

internal readonly struct IsGreaterOrEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a >= b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Test<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.GreaterOrEqual(a, b);
}

/// <summary>A comparison as a function to 0 and 1.</summary>
internal readonly struct ComparisonFn<TComparison, T> : IScalarFn<T, byte>
    where TComparison : struct, IComparison
    where T : IComparisonOperators<T, T, bool>
{
    public byte Apply(T a, T b) => TComparison.Test(a, b) ? (byte)1 : (byte)0;
}

/// <summary>The same for narrower floating point formats.</summary>
internal readonly struct NarrowComparisonFn<TComparison, TFormat, T> : IScalarFn<T, byte>
    where TComparison : struct, IComparison
    where TFormat : struct, IFloatFormat<T>
    where T : unmanaged
{
    public byte Apply(T a, T b) => TComparison.Test(TFormat.Widen(a), TFormat.Widen(b)) ? (byte)1 : (byte)0;
}
