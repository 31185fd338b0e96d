using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>256-bit lanes of <typeparamref name="T"/>; contracts in <see cref="ISimd{TSelf, T}"/>.</summary>
internal readonly struct V256<T>(Vector256<T> lanes) : ISimd<V256<T>, T>
    where T : unmanaged, IBinaryNumber<T>
{
    public readonly Vector256<T> Lanes = lanes;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Splat(T value) => new(Vector256.Create(value));

    // Bounds of Load and Store are the caller's, by contract of the interface.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Load(ref readonly T origin, nuint offset) => new(Vector256.LoadUnsafe(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V256<T> v, ref T origin, nuint offset) => v.Lanes.StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator +(V256<T> a, V256<T> b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator -(V256<T> a, V256<T> b) => new(a.Lanes - b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator *(V256<T> a, V256<T> b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator /(V256<T> a, V256<T> b) => new(a.Lanes / b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator -(V256<T> a) => new(-a.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator &(V256<T> a, V256<T> b) => new(a.Lanes & b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator |(V256<T> a, V256<T> b) => new(a.Lanes | b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator ^(V256<T> a, V256<T> b) => new(a.Lanes ^ b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> operator ~(V256<T> a) => new(~a.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Min(V256<T> a, V256<T> b)
    {
        // The x86 instruction is exactly a < b ? a : b; NEON's differs in NaN and -0.
        if (typeof(T) == typeof(float) && Avx.IsSupported)
            return new(Avx.Min(a.Lanes.AsSingle(), b.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double) && Avx.IsSupported)
            return new(Avx.Min(a.Lanes.AsDouble(), b.Lanes.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return Select(Less(a, b), a, b);
        return new(Vector256.Min(a.Lanes, b.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Max(V256<T> a, V256<T> b)
    {
        if (typeof(T) == typeof(float) && Avx.IsSupported)
            return new(Avx.Max(a.Lanes.AsSingle(), b.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double) && Avx.IsSupported)
            return new(Avx.Max(a.Lanes.AsDouble(), b.Lanes.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return Select(Less(b, a), a, b);
        return new(Vector256.Max(a.Lanes, b.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Abs(V256<T> a) => new(Vector256.Abs(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Less(V256<T> a, V256<T> b) => new(Vector256.LessThan(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> LessOrEqual(V256<T> a, V256<T> b) => new(Vector256.LessThanOrEqual(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Equal(V256<T> a, V256<T> b) => new(Vector256.Equals(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Select(V256<T> mask, V256<T> whenSet, V256<T> whenClear) =>
        new(Vector256.ConditionalSelect(mask.Lanes, whenSet.Lanes, whenClear.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(V256<T> mask) => mask.Lanes.AsInt32() == Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Sqrt(V256<T> a) => new(Vector256.Sqrt(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Floor(V256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Floor(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector256.Floor(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Ceiling(V256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Ceiling(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector256.Ceiling(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> RoundEven(V256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Round(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector256.Round(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Truncate(V256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Truncate(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector256.Truncate(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> MulAdd(V256<T> a, V256<T> b, V256<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(
                Vector256.FusedMultiplyAdd(a.Lanes.AsSingle(), b.Lanes.AsSingle(), c.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(
                Vector256.FusedMultiplyAdd(a.Lanes.AsDouble(), b.Lanes.AsDouble(), c.Lanes.AsDouble()).As<double, T>());
        return new((a.Lanes * b.Lanes) + c.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> MulAddEstimate(V256<T> a, V256<T> b, V256<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector256.MultiplyAddEstimate(a.Lanes.AsSingle(), b.Lanes.AsSingle(),
                c.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector256.MultiplyAddEstimate(a.Lanes.AsDouble(), b.Lanes.AsDouble(),
                c.Lanes.AsDouble()).As<double, T>());
        return new((a.Lanes * b.Lanes) + c.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> ShiftLeft(V256<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() << bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() << bits).As<long, T>()) : new(a.Lanes << bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> ShiftRightArithmetic(V256<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() >> bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() >> bits).As<long, T>()) : new(a.Lanes >> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> ShiftRightLogical(V256<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() >>> bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() >>> bits).As<long, T>()) : new(a.Lanes >>> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> AddBits(V256<T> a, V256<T> b)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() + b.Lanes.AsInt32()).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() + b.Lanes.AsInt64()).As<long, T>()) : a + b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> SubtractBits(V256<T> a, V256<T> b)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() - b.Lanes.AsInt32()).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() - b.Lanes.AsInt64()).As<long, T>()) : a - b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(V256<T> a) => V128<T>.Sum(new(a.Lanes.GetLower() + a.Lanes.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReduceMin(V256<T> a) =>
        V128<T>.ReduceMin(V128<T>.Min(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReduceMax(V256<T> a) =>
        V128<T>.ReduceMax(V128<T>.Max(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Reverse(V256<T> a) => new(Vector256.Create(
        V128<T>.Reverse(new(a.Lanes.GetUpper())).Lanes, V128<T>.Reverse(new(a.Lanes.GetLower())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Even(V256<T> a, V256<T> b)
    {
        if (Unsafe.SizeOf<T>() == 1) return new(Vector256.Narrow(a.Lanes.AsUInt16(), b.Lanes.AsUInt16()).As<byte, T>());
        if (Unsafe.SizeOf<T>() == 2) return new(Vector256.Narrow(a.Lanes.AsUInt32(), b.Lanes.AsUInt32()).As<ushort, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector256.Narrow(a.Lanes.AsUInt64(), b.Lanes.AsUInt64()).As<uint, T>());
        return new(Vector256.Create(
            V128<T>.Even(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())).Lanes,
            V128<T>.Even(new(b.Lanes.GetLower()), new(b.Lanes.GetUpper())).Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<T> Odd(V256<T> a, V256<T> b)
    {
        if (Unsafe.SizeOf<T>() == 1) return new(Vector256.Narrow(a.Lanes.AsUInt16() >>> 8, b.Lanes.AsUInt16() >>> 8).As<byte, T>());
        if (Unsafe.SizeOf<T>() == 2) return new(Vector256.Narrow(a.Lanes.AsUInt32() >>> 16, b.Lanes.AsUInt32() >>> 16).As<ushort, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector256.Narrow(a.Lanes.AsUInt64() >>> 32, b.Lanes.AsUInt64() >>> 32).As<uint, T>());
        return new(Vector256.Create(
            V128<T>.Odd(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())).Lanes,
            V128<T>.Odd(new(b.Lanes.GetLower()), new(b.Lanes.GetUpper())).Lanes));
    }
}
