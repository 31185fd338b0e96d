using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Maths;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>a / b cut towards zero; the smallest integer divided by -1 wraps. b is not zero.</summary>
internal readonly struct CutQuotient<T> : IScalarFn<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T a, T b) => T.IsNegative(b) && b == -T.One ? T.Zero - a : a / b;
}

/// <summary>What cutting the quotient towards zero leaves: it has the dividend's sign. b is not zero.</summary>
internal readonly struct CutRemainder<T> : IScalarFn<T, T> where T : unmanaged, IBinaryInteger<T>
{
    // Dividing the smallest integer by -1 overflows; what is left is zero.
    public T Apply(T a, T b) => T.IsNegative(b) && b == -T.One ? T.Zero : a % b;
}

/// <summary>The same of floats; NaN when b is zero.</summary>
internal readonly struct CutRemainderOfFloats<T> : IScalarFn<T, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Apply(T a, T b) => a % b;
}

/// <summary>The quotient of integers of at most 32 bits rounded down; the smallest one divided by -1 wraps. b is not zero.</summary>
internal readonly struct FloorQuotient<T> : IScalarFn<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T a, T b) => T.CreateTruncating((long)Math.Floor(double.CreateTruncating(a) / double.CreateTruncating(b)));
}

/// <summary>The quotient of floats rounded down, through double arithmetic.</summary>
internal readonly struct FloorQuotientOfFloats : IDoubleFn
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Apply<D>(D a, D b) where D : unmanaged, ISimd<D, double> => D.Floor(a / b);
}

/// <summary>What rounding the quotient down leaves: it has the divisor's sign. An integer divisor is not zero.</summary>
internal readonly struct FloorRemainder<T> : IScalarFn<T, T> where T : unmanaged, INumber<T>
{
    public T Apply(T a, T b)
    {
        // Dividing the smallest integer by -1 overflows; what is left is zero.
        if (T.IsNegative(b) && b == -T.One && T.IsInteger(a)) return T.Zero;
        T rest = a % b;
        return rest != T.Zero && (b < T.Zero) != (rest < T.Zero) ? rest + b : rest;
    }
}
