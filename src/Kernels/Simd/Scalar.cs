using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>
/// The one-lane vector: the same bodies without vector hardware, and the yardstick of the wider ones.
/// </summary>
internal readonly struct Scalar<T>(T value) : ISimd<Scalar<T>, T>
    where T : unmanaged, IBinaryNumber<T>
{
    public readonly T Value = value;

    private static bool IsFloat
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float);
    }

    private static bool IsDouble
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(double);
    }

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Splat(T value) => new(value);

    // Bounds of Load and Store are the caller's, by contract of the interface.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Load(ref readonly T origin, nuint offset) =>
        new(Unsafe.Add(ref Unsafe.AsRef(in origin), offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Scalar<T> v, ref T origin, nuint offset) => Unsafe.Add(ref origin, offset) = v.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator +(Scalar<T> a, Scalar<T> b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator -(Scalar<T> a, Scalar<T> b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator *(Scalar<T> a, Scalar<T> b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator /(Scalar<T> a, Scalar<T> b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator -(Scalar<T> a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator &(Scalar<T> a, Scalar<T> b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator |(Scalar<T> a, Scalar<T> b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator ^(Scalar<T> a, Scalar<T> b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator ~(Scalar<T> a) => new(~a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Min(Scalar<T> a, Scalar<T> b) => a.Value < b.Value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Max(Scalar<T> a, Scalar<T> b) => a.Value > b.Value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Abs(Scalar<T> a)
    {
        if (IsFloat || IsDouble) return new(T.Abs(a.Value));
        // T.Abs would throw for the smallest integer; the vector forms wrap.
        return new(T.IsNegative(a.Value) ? T.Zero - a.Value : a.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Less(Scalar<T> a, Scalar<T> b) => Mask(a.Value < b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> LessOrEqual(Scalar<T> a, Scalar<T> b) => Mask(a.Value <= b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Equal(Scalar<T> a, Scalar<T> b) => Mask(a.Value == b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Select(Scalar<T> mask, Scalar<T> whenSet, Scalar<T> whenClear) =>
        new((whenSet.Value & mask.Value) | (whenClear.Value & ~mask.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(Scalar<T> mask)
    {
        if (IsFloat) return Unsafe.BitCast<T, int>(mask.Value) == 0;
        return IsDouble ? Unsafe.BitCast<T, long>(mask.Value) == 0 : mask.Value == T.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Sqrt(Scalar<T> a)
    {
        if (IsFloat) return Of(MathF.Sqrt(AsFloat(a)));
        return IsDouble ? Of(Math.Sqrt(AsDouble(a)))
            : new(T.CreateTruncating(Math.Sqrt(double.CreateTruncating(a.Value))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Floor(Scalar<T> a) =>
        IsFloat ? Of(MathF.Floor(AsFloat(a))) : IsDouble ? Of(Math.Floor(AsDouble(a))) : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Ceiling(Scalar<T> a) =>
        IsFloat ? Of(MathF.Ceiling(AsFloat(a))) : IsDouble ? Of(Math.Ceiling(AsDouble(a))) : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> RoundEven(Scalar<T> a) =>
        IsFloat ? Of(MathF.Round(AsFloat(a))) : IsDouble ? Of(Math.Round(AsDouble(a))) : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> Truncate(Scalar<T> a) =>
        IsFloat ? Of(MathF.Truncate(AsFloat(a))) : IsDouble ? Of(Math.Truncate(AsDouble(a))) : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> MulAdd(Scalar<T> a, Scalar<T> b, Scalar<T> c)
    {
        if (IsFloat) return Of(MathF.FusedMultiplyAdd(AsFloat(a), AsFloat(b), AsFloat(c)));
        return IsDouble ? Of(Math.FusedMultiplyAdd(AsDouble(a), AsDouble(b), AsDouble(c))) : (a * b) + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> MulAddEstimate(Scalar<T> a, Scalar<T> b, Scalar<T> c) =>
        Isa.HasFma ? MulAdd(a, b, c) : (a * b) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> ShiftLeft(Scalar<T> a, int bits) => FromBits(ToBits(a) << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> ShiftRightArithmetic(Scalar<T> a, int bits) => FromBits(ToBits(a) >> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> ShiftRightLogical(Scalar<T> a, int bits)
    {
        long mask = Unsafe.SizeOf<T>() == 8 ? -1L : (1L << (Unsafe.SizeOf<T>() * 8)) - 1;
        return FromBits((ToBits(a) & mask) >>> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> AddBits(Scalar<T> a, Scalar<T> b) => FromBits(ToBits(a) + ToBits(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> SubtractBits(Scalar<T> a, Scalar<T> b) => FromBits(ToBits(a) - ToBits(b));

    public static T Sum(Scalar<T> a) => a.Value;

    public static T ReduceMin(Scalar<T> a) => a.Value;

    public static T ReduceMax(Scalar<T> a) => a.Value;

    public static Scalar<T> Reverse(Scalar<T> a) => a;

    public static Scalar<T> Even(Scalar<T> a, Scalar<T> b) => a;

    public static Scalar<T> Odd(Scalar<T> a, Scalar<T> b) => b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Scalar<T> Mask(bool set) => new(set ? T.AllBitsSet : T.Zero);

    // Each BitCast below is reached only when T is the type it names, so sizes are equal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AsFloat(Scalar<T> a) => Unsafe.BitCast<T, float>(a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double AsDouble(Scalar<T> a) => Unsafe.BitCast<T, double>(a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Scalar<T> Of(float value) => new(Unsafe.BitCast<float, T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Scalar<T> Of(double value) => new(Unsafe.BitCast<double, T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ToBits(Scalar<T> a)
    {
        if (IsFloat) return Unsafe.BitCast<T, int>(a.Value);
        return IsDouble ? Unsafe.BitCast<T, long>(a.Value) : long.CreateTruncating(a.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Scalar<T> FromBits(long bits)
    {
        if (IsFloat) return new(Unsafe.BitCast<int, T>((int)bits));
        return IsDouble ? new(Unsafe.BitCast<long, T>(bits)) : new(T.CreateTruncating(bits));
    }
}
