using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>128-bit lanes of <typeparamref name="T"/>; contracts in <see cref="ISimd{TSelf, T}"/>.</summary>
internal readonly struct V128<T>(Vector128<T> lanes) : ISimd<V128<T>, T>
    where T : unmanaged, IBinaryNumber<T>
{
    public readonly Vector128<T> Lanes = lanes;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Splat(T value) => new(Vector128.Create(value));

    // Bounds of Load and Store are the caller's, by contract of the interface.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Load(ref readonly T origin, nuint offset) => new(Vector128.LoadUnsafe(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V128<T> v, ref T origin, nuint offset) => v.Lanes.StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator +(V128<T> a, V128<T> b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator -(V128<T> a, V128<T> b) => new(a.Lanes - b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator *(V128<T> a, V128<T> b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator /(V128<T> a, V128<T> b) => new(a.Lanes / b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator -(V128<T> a) => new(-a.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator &(V128<T> a, V128<T> b) => new(a.Lanes & b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator |(V128<T> a, V128<T> b) => new(a.Lanes | b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator ^(V128<T> a, V128<T> b) => new(a.Lanes ^ b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> operator ~(V128<T> a) => new(~a.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Min(V128<T> a, V128<T> b)
    {
        // The x86 instruction is exactly a < b ? a : b; NEON's differs in NaN and -0.
        if (typeof(T) == typeof(float) && Sse.IsSupported)
            return new(Sse.Min(a.Lanes.AsSingle(), b.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double) && Sse2.IsSupported)
            return new(Sse2.Min(a.Lanes.AsDouble(), b.Lanes.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return Select(Less(a, b), a, b);
        return new(Vector128.Min(a.Lanes, b.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Max(V128<T> a, V128<T> b)
    {
        if (typeof(T) == typeof(float) && Sse.IsSupported)
            return new(Sse.Max(a.Lanes.AsSingle(), b.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double) && Sse2.IsSupported)
            return new(Sse2.Max(a.Lanes.AsDouble(), b.Lanes.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) return Select(Less(b, a), a, b);
        return new(Vector128.Max(a.Lanes, b.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Abs(V128<T> a) => new(Vector128.Abs(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Less(V128<T> a, V128<T> b) => new(Vector128.LessThan(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> LessOrEqual(V128<T> a, V128<T> b) => new(Vector128.LessThanOrEqual(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Equal(V128<T> a, V128<T> b) => new(Vector128.Equals(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Select(V128<T> mask, V128<T> whenSet, V128<T> whenClear) =>
        new(Vector128.ConditionalSelect(mask.Lanes, whenSet.Lanes, whenClear.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(V128<T> mask) => mask.Lanes.AsInt32() == Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Sqrt(V128<T> a) => new(Vector128.Sqrt(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Floor(V128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Floor(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector128.Floor(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Ceiling(V128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Ceiling(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector128.Ceiling(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> RoundEven(V128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Round(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector128.Round(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Truncate(V128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Truncate(a.Lanes.AsSingle()).As<float, T>());
        return typeof(T) == typeof(double) ? new(Vector128.Truncate(a.Lanes.AsDouble()).As<double, T>()) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> MulAdd(V128<T> a, V128<T> b, V128<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(
                Vector128.FusedMultiplyAdd(a.Lanes.AsSingle(), b.Lanes.AsSingle(), c.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(
                Vector128.FusedMultiplyAdd(a.Lanes.AsDouble(), b.Lanes.AsDouble(), c.Lanes.AsDouble()).As<double, T>());
        return new((a.Lanes * b.Lanes) + c.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> MulAddEstimate(V128<T> a, V128<T> b, V128<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector128.MultiplyAddEstimate(a.Lanes.AsSingle(), b.Lanes.AsSingle(),
                c.Lanes.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector128.MultiplyAddEstimate(a.Lanes.AsDouble(), b.Lanes.AsDouble(),
                c.Lanes.AsDouble()).As<double, T>());
        return new((a.Lanes * b.Lanes) + c.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> ShiftLeft(V128<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() << bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() << bits).As<long, T>()) : new(a.Lanes << bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> ShiftRightArithmetic(V128<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() >> bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() >> bits).As<long, T>()) : new(a.Lanes >> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> ShiftRightLogical(V128<T> a, int bits)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() >>> bits).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() >>> bits).As<long, T>()) : new(a.Lanes >>> bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> AddBits(V128<T> a, V128<T> b)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() + b.Lanes.AsInt32()).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() + b.Lanes.AsInt64()).As<long, T>()) : a + b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> SubtractBits(V128<T> a, V128<T> b)
    {
        if (typeof(T) == typeof(float)) return new((a.Lanes.AsInt32() - b.Lanes.AsInt32()).As<int, T>());
        return typeof(T) == typeof(double) ? new((a.Lanes.AsInt64() - b.Lanes.AsInt64()).As<long, T>()) : a - b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(V128<T> a)
    {
        Vector128<T> v = a.Lanes;
        if (typeof(T) == typeof(float))
            return (v.GetElement(0) + v.GetElement(2)) + (v.GetElement(1) + v.GetElement(3));
        return typeof(T) == typeof(double) ? v.GetElement(0) + v.GetElement(1) : Vector128.Sum(v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReduceMin(V128<T> a)
    {
        Vector128<T> v = a.Lanes;
        if (Count == 4) return Least(Least(v.GetElement(0), v.GetElement(2)), Least(v.GetElement(1), v.GetElement(3)));
        T least = v.GetElement(0);
        for (int i = 1; i < Count; i++) least = Least(least, v.GetElement(i));
        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReduceMax(V128<T> a)
    {
        Vector128<T> v = a.Lanes;
        if (Count == 4) return Most(Most(v.GetElement(0), v.GetElement(2)), Most(v.GetElement(1), v.GetElement(3)));
        T most = v.GetElement(0);
        for (int i = 1; i < Count; i++) most = Most(most, v.GetElement(i));
        return most;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Reverse(V128<T> a)
    {
        if (Unsafe.SizeOf<T>() == 8) return new(Vector128.Shuffle(a.Lanes.AsInt64(), Vector128.Create(1L, 0)).As<long, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector128.Shuffle(a.Lanes.AsInt32(), Vector128.Create(3, 2, 1, 0)).As<int, T>());
        return new(Vector128.Shuffle(a.Lanes.AsByte(), Unsafe.SizeOf<T>() == 2
            ? Vector128.Create((byte)14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1)
            : Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).As<byte, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Even(V128<T> a, V128<T> b)
    {
        if (Unsafe.SizeOf<T>() == 1) return new(Vector128.Narrow(a.Lanes.AsUInt16(), b.Lanes.AsUInt16()).As<byte, T>());
        if (Unsafe.SizeOf<T>() == 2) return new(Vector128.Narrow(a.Lanes.AsUInt32(), b.Lanes.AsUInt32()).As<ushort, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector128.Narrow(a.Lanes.AsUInt64(), b.Lanes.AsUInt64()).As<uint, T>());
        return Interleave.Low(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Odd(V128<T> a, V128<T> b)
    {
        if (Unsafe.SizeOf<T>() == 1) return new(Vector128.Narrow(a.Lanes.AsUInt16() >>> 8, b.Lanes.AsUInt16() >>> 8).As<byte, T>());
        if (Unsafe.SizeOf<T>() == 2) return new(Vector128.Narrow(a.Lanes.AsUInt32() >>> 16, b.Lanes.AsUInt32() >>> 16).As<ushort, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(Vector128.Narrow(a.Lanes.AsUInt64() >>> 32, b.Lanes.AsUInt64() >>> 32).As<uint, T>());
        return Interleave.High(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Least(T a, T b) => a < b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Most(T a, T b) => a > b ? a : b;
}
