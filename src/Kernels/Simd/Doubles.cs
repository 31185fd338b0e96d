using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

// Bounds of loads and stores are the caller's in all of these, by contract of the interface.

/// <summary>One lane; contracts in <see cref="IDoubles{D}"/>. In bounds: as there.</summary>
internal readonly struct DoublesScalar : IDoubles<Scalar<double>>, IHalves<Scalar<float>, Scalar<double>>, IWords<Scalar<int>, Scalar<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<double> LoadFloats(ref readonly float origin, nuint offset) => new(Unsafe.Add(ref Unsafe.AsRef(in origin), offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(Scalar<double> v, ref float origin, nuint offset) => Unsafe.Add(ref origin, offset) = (float)v.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<double> ToFloats(Scalar<double> v) => new((float)v.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<double> Lower(Scalar<float> v) => new(v.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<double> Upper(Scalar<float> v) => new(v.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<float> Join(Scalar<double> lower, Scalar<double> upper) => new((float)lower.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<double> Lower(Scalar<int> v) => new(v.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<double> Upper(Scalar<int> v) => new(v.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> JoinWhole(Scalar<double> lower, Scalar<double> upper) =>
        new((int)BitConverter.DoubleToInt64Bits(lower.Value + WholeDoubles.Magic));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLongs<T>(Scalar<int> v, ref long origin, nuint offset) where T : unmanaged =>
        Unsafe.Add(ref origin, offset) = typeof(T) == typeof(uint) ? (uint)v.Value : v.Value;
}

/// <summary>Two lanes; contracts in <see cref="IDoubles{D}"/>. In bounds: as there.</summary>
internal readonly struct Doubles128 : IDoubles<V128<double>>, IHalves<V128<float>, V128<double>>, IWords<V128<int>, V128<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<double> LoadFloats(ref readonly float origin, nuint offset) =>
        new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Pair(ref Unsafe.AsRef(in origin), offset)).AsSingle()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(V128<double> v, ref float origin, nuint offset) =>
        Pair(ref origin, offset) = Vector128.Narrow(v.Lanes, v.Lanes).AsUInt64().ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<double> ToFloats(V128<double> v) => new(Vector128.WidenLower(Vector128.Narrow(v.Lanes, v.Lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<double> Lower(V128<float> v) => new(Vector128.WidenLower(v.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<double> Upper(V128<float> v) => new(Vector128.WidenUpper(v.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<float> Join(V128<double> lower, V128<double> upper) => new(Vector128.Narrow(lower.Lanes, upper.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<double> Lower(V128<int> v) => new(Sse2.IsSupported
        ? Sse2.ConvertToVector128Double(v.Lanes)
        : Vector128.ConvertToDouble(Vector128.WidenLower(v.Lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<double> Upper(V128<int> v) => Lower(new V128<int>(Vector128.Shuffle(v.Lanes, Vector128.Create(2, 3, 2, 3))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> JoinWhole(V128<double> lower, V128<double> upper)
    {
        V128<double> magic = V128<double>.Splat(WholeDoubles.Magic);
        return V128<int>.Even(new((lower + magic).Lanes.AsInt32()), new((upper + magic).Lanes.AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLongs<T>(V128<int> v, ref long origin, nuint offset) where T : unmanaged
    {
        var (lower, upper) = Vector128.Widen(v.Lanes);
        if (typeof(T) == typeof(uint)) (lower, upper) = (Vector128.WidenLower(v.Lanes.AsUInt32()).AsInt64(), Vector128.WidenUpper(v.Lanes.AsUInt32()).AsInt64());
        lower.StoreUnsafe(ref origin, offset);
        upper.StoreUnsafe(ref origin, offset + (nuint)Vector128<long>.Count);
    }

    private static ref ulong Pair(ref float origin, nuint offset) => ref Unsafe.As<float, ulong>(ref Unsafe.Add(ref origin, offset));
}

/// <summary>Four lanes; contracts in <see cref="IDoubles{D}"/>. In bounds: as there.</summary>
internal readonly struct Doubles256 : IDoubles<V256<double>>, IHalves<V256<float>, V256<double>>, IWords<V256<int>, V256<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<double> LoadFloats(ref readonly float origin, nuint offset) => Widen(Vector128.LoadUnsafe(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(V256<double> v, ref float origin, nuint offset) => Narrow(v).StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<double> ToFloats(V256<double> v) => Widen(Narrow(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<double> Lower(V256<float> v) => Widen(v.Lanes.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<double> Upper(V256<float> v) => Widen(v.Lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<float> Join(V256<double> lower, V256<double> upper) => new(Vector256.Create(Narrow(lower), Narrow(upper)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<double> Lower(V256<int> v) => Whole(v.Lanes.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<double> Upper(V256<int> v) => Whole(v.Lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> JoinWhole(V256<double> lower, V256<double> upper)
    {
        V256<double> magic = V256<double>.Splat(WholeDoubles.Magic);
        return V256<int>.Even(new((lower + magic).Lanes.AsInt32()), new((upper + magic).Lanes.AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLongs<T>(V256<int> v, ref long origin, nuint offset) where T : unmanaged
    {
        var (lower, upper) = Vector256.Widen(v.Lanes);
        if (typeof(T) == typeof(uint)) (lower, upper) = (Vector256.WidenLower(v.Lanes.AsUInt32()).AsInt64(), Vector256.WidenUpper(v.Lanes.AsUInt32()).AsInt64());
        lower.StoreUnsafe(ref origin, offset);
        upper.StoreUnsafe(ref origin, offset + (nuint)Vector256<long>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V256<double> Whole(Vector128<int> a) => new(Avx.IsSupported
        ? Avx.ConvertToVector256Double(a)
        : Vector256.Create(Vector128.ConvertToDouble(Vector128.WidenLower(a)), Vector128.ConvertToDouble(Vector128.WidenUpper(a))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V256<double> Widen(Vector128<float> a) => new(Avx.IsSupported
        ? Avx.ConvertToVector256Double(a)
        : Vector256.Create(Vector128.WidenLower(a), Vector128.WidenUpper(a)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Narrow(V256<double> v) => Avx.IsSupported
        ? Avx.ConvertToVector128Single(v.Lanes)
        : Vector128.Narrow(v.Lanes.GetLower(), v.Lanes.GetUpper());
}

/// <summary>Eight lanes; contracts in <see cref="IDoubles{D}"/>. In bounds: as there.</summary>
internal readonly struct Doubles512 : IDoubles<V512<double>>, IHalves<V512<float>, V512<double>>, IWords<V512<int>, V512<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<double> LoadFloats(ref readonly float origin, nuint offset) => Widen(Vector256.LoadUnsafe(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(V512<double> v, ref float origin, nuint offset) => Narrow(v).StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<double> ToFloats(V512<double> v) => Widen(Narrow(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<double> Lower(V512<float> v) => Widen(v.Lanes.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<double> Upper(V512<float> v) => Widen(v.Lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<float> Join(V512<double> lower, V512<double> upper) => new(Vector512.Create(Narrow(lower), Narrow(upper)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<double> Lower(V512<int> v) => Whole(v.Lanes.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<double> Upper(V512<int> v) => Whole(v.Lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> JoinWhole(V512<double> lower, V512<double> upper)
    {
        V512<double> magic = V512<double>.Splat(WholeDoubles.Magic);
        return V512<int>.Even(new((lower + magic).Lanes.AsInt32()), new((upper + magic).Lanes.AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLongs<T>(V512<int> v, ref long origin, nuint offset) where T : unmanaged
    {
        var (lower, upper) = Vector512.Widen(v.Lanes);
        if (typeof(T) == typeof(uint)) (lower, upper) = (Vector512.WidenLower(v.Lanes.AsUInt32()).AsInt64(), Vector512.WidenUpper(v.Lanes.AsUInt32()).AsInt64());
        lower.StoreUnsafe(ref origin, offset);
        upper.StoreUnsafe(ref origin, offset + (nuint)Vector512<long>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V512<double> Whole(Vector256<int> a) => new(Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(a)
        : Vector512.Create(Vector256.ConvertToDouble(Vector256.WidenLower(a)), Vector256.ConvertToDouble(Vector256.WidenUpper(a))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V512<double> Widen(Vector256<float> a) => new(Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(a)
        : Vector512.Create(Vector256.WidenLower(a), Vector256.WidenUpper(a)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Narrow(V512<double> v) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Single(v.Lanes)
        : Vector256.Narrow(v.Lanes.GetLower(), v.Lanes.GetUpper());
}

/// <summary>Whole numbers in double lanes.</summary>
internal static class WholeDoubles
{
    /// <summary>Its sum with a whole number of less than 2^51 has that, modulo 2^32, in its lower bits.</summary>
    public const double Magic = 6755399441055744;

    /// <summary>The values of lanes that were taken for int, but are <typeparamref name="T"/> (int, uint).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Of<T, D>(D v) where D : unmanaged, ISimd<D, double> =>
        typeof(T) == typeof(uint) ? v + (D.Less(v, D.Splat(0)) & D.Splat(4294967296)) : v;
}
