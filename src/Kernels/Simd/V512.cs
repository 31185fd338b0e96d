using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>512-bit lanes of <typeparamref name="T"/>; contracts in <see cref="ISimd{TSelf, T}"/>.</summary>
internal readonly struct V512<T>(Vector512<T> lanes) : ISimd<V512<T>, T>
    where T : unmanaged, IBinaryNumber<T>
{
    public readonly Vector512<T> Lanes = lanes;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Splat(T value) => new(Vector512.Create(value));

    // Bounds of Load and Store are the caller's, by contract of the interface.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Load(ref readonly T origin, nuint offset) => new(Vector512.LoadUnsafe(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V512<T> v, ref T origin, nuint offset) => v.Lanes.StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator +(V512<T> a, V512<T> b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator -(V512<T> a, V512<T> b) => new(a.Lanes - b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator *(V512<T> a, V512<T> b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator /(V512<T> a, V512<T> b) => new(a.Lanes / b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator -(V512<T> a) => new(-a.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator &(V512<T> a, V512<T> b) => new(a.Lanes & b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator |(V512<T> a, V512<T> b) => new(a.Lanes | b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator ^(V512<T> a, V512<T> b) => new(a.Lanes ^ b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> operator ~(V512<T> a) => new(~a.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Min(V512<T> a, V512<T> b)
    {
        // The x86 instruction is exactly a < b ? a : b; NEON's differs in NaN and -0.
        if (typeof(T) == typeof(float) && Avx512F.IsSupported)
            return new(Avx512F.Min(a.Lanes.AsSingle(), b.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double) && Avx512F.IsSupported)
            return new(Avx512F.Min(a.Lanes.AsDouble(), b.Lanes.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return Select(Less(a, b), a, b);
        return new(Vector512.Min(a.Lanes, b.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Max(V512<T> a, V512<T> b)
    {
        if (typeof(T) == typeof(float) && Avx512F.IsSupported)
            return new(Avx512F.Max(a.Lanes.AsSingle(), b.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double) && Avx512F.IsSupported)
            return new(Avx512F.Max(a.Lanes.AsDouble(), b.Lanes.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return Select(Less(b, a), a, b);
        return new(Vector512.Max(a.Lanes, b.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Abs(V512<T> a) => new(Vector512.Abs(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Less(V512<T> a, V512<T> b) => new(Vector512.LessThan(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> LessOrEqual(V512<T> a, V512<T> b) => new(Vector512.LessThanOrEqual(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Equal(V512<T> a, V512<T> b) => new(Vector512.Equals(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Select(V512<T> mask, V512<T> whenSet, V512<T> whenClear) =>
        new(Vector512.ConditionalSelect(mask.Lanes, whenSet.Lanes, whenClear.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(V512<T> mask) => mask.Lanes.AsInt32() == Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Sqrt(V512<T> a) => new(Vector512.Sqrt(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Floor(V512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Floor(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector512.Floor(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Ceiling(V512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Ceiling(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector512.Ceiling(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> RoundEven(V512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Round(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector512.Round(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Truncate(V512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Truncate(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector512.Truncate(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> MulAdd(V512<T> a, V512<T> b, V512<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(
                Vector512.FusedMultiplyAdd(a.Lanes.AsSingle(), b.Lanes.AsSingle(), c.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(
                Vector512.FusedMultiplyAdd(a.Lanes.AsDouble(), b.Lanes.AsDouble(), c.Lanes.AsDouble()).As<double, T>());
        return new((a.Lanes * b.Lanes) + c.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> MulAddEstimate(V512<T> a, V512<T> b, V512<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector512.MultiplyAddEstimate(a.Lanes.AsSingle(), b.Lanes.AsSingle(),
                c.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector512.MultiplyAddEstimate(a.Lanes.AsDouble(), b.Lanes.AsDouble(),
                c.Lanes.AsDouble()).As<double, T>());
        return new((a.Lanes * b.Lanes) + c.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> ShiftLeft(V512<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() << bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() << bits).As<long, T>()) : new(a.Lanes << bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> ShiftRightArithmetic(V512<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() >> bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() >> bits).As<long, T>()) : new(a.Lanes >> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> ShiftRightLogical(V512<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() >>> bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() >>> bits).As<long, T>()) : new(a.Lanes >>> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> AddBits(V512<T> a, V512<T> b)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() + b.Lanes.AsInt32()).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() + b.Lanes.AsInt64()).As<long, T>()) : a + b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> SubtractBits(V512<T> a, V512<T> b)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() - b.Lanes.AsInt32()).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() - b.Lanes.AsInt64()).As<long, T>()) : a - b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(V512<T> a) => V256<T>.Sum(new(a.Lanes.GetLower() + a.Lanes.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReduceMin(V512<T> a) =>
        V256<T>.ReduceMin(V256<T>.Min(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReduceMax(V512<T> a) =>
        V256<T>.ReduceMax(V256<T>.Max(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Reverse(V512<T> a) => new(Vector512.Create(
        V256<T>.Reverse(new(a.Lanes.GetUpper())).Lanes, V256<T>.Reverse(new(a.Lanes.GetLower())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Even(V512<T> a, V512<T> b)
    {
        if (Unsafe.SizeOf<T>() == 1) return new(Vector512.Narrow(a.Lanes.AsUInt16(), b.Lanes.AsUInt16()).As<byte, T>());
        if (Unsafe.SizeOf<T>() == 2) return new(Vector512.Narrow(a.Lanes.AsUInt32(), b.Lanes.AsUInt32()).As<ushort, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector512.Narrow(a.Lanes.AsUInt64(), b.Lanes.AsUInt64()).As<uint, T>());
        return new(Vector512.Create(
            V256<T>.Even(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())).Lanes,
            V256<T>.Even(new(b.Lanes.GetLower()), new(b.Lanes.GetUpper())).Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<T> Odd(V512<T> a, V512<T> b)
    {
        if (Unsafe.SizeOf<T>() == 1) return new(Vector512.Narrow(a.Lanes.AsUInt16() >>> 8, b.Lanes.AsUInt16() >>> 8).As<byte, T>());
        if (Unsafe.SizeOf<T>() == 2) return new(Vector512.Narrow(a.Lanes.AsUInt32() >>> 16, b.Lanes.AsUInt32() >>> 16).As<ushort, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector512.Narrow(a.Lanes.AsUInt64() >>> 32, b.Lanes.AsUInt64() >>> 32).As<uint, T>());
        return new(Vector512.Create(
            V256<T>.Odd(new(a.Lanes.GetLower()), new(a.Lanes.GetUpper())).Lanes,
            V256<T>.Odd(new(b.Lanes.GetLower()), new(b.Lanes.GetUpper())).Lanes));
    }
}
