using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Graft.Kernels.Simd;

/// <summary>
/// The operations of <see cref="ISimd{TSelf, T}"/> that float tiles need, on bare vectors <typeparamref name="V"/>: of sums in a struct of their own the
/// compiler makes copies around every multiplication, which cost as much as it.
/// </summary>
internal interface IFloats<V> where V : unmanaged
{
    public static abstract int Count { get; }

    public static abstract V Splat(float value);

    public static abstract V Load(ref readonly float origin, nuint offset);

    public static abstract void Store(V v, ref float origin, nuint offset);

    public static abstract V Add(V a, V b);

    public static abstract V Multiply(V a, V b);

    public static abstract V MulAddEstimate(V a, V b, V c);

    public static abstract V Min(V a, V b);

    public static abstract V Max(V a, V b);
}

/// <summary>Sixteen lanes. Bounds are the caller's, by contract of the interface.</summary>
internal readonly struct Floats512 : IFloats<Vector512<float>>
{
    public static int Count => V512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Splat(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref readonly float origin, nuint offset) => Vector512.LoadUnsafe(in origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> v, ref float origin, nuint offset) => v.StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MulAddEstimate(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => V512<float>.Min(new(a), new(b)).Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => V512<float>.Max(new(a), new(b)).Lanes;
}

/// <summary>Eight lanes. Bounds are the caller's, by contract of the interface.</summary>
internal readonly struct Floats256 : IFloats<Vector256<float>>
{
    public static int Count => V256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Splat(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ref readonly float origin, nuint offset) => Vector256.LoadUnsafe(in origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> v, ref float origin, nuint offset) => v.StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MulAddEstimate(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => V256<float>.Min(new(a), new(b)).Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => V256<float>.Max(new(a), new(b)).Lanes;
}

/// <summary>Four lanes. Bounds are the caller's, by contract of the interface.</summary>
internal readonly struct Floats128 : IFloats<Vector128<float>>
{
    public static int Count => V128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Splat(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(ref readonly float origin, nuint offset) => Vector128.LoadUnsafe(in origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> v, ref float origin, nuint offset) => v.StoreUnsafe(ref origin, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MulAddEstimate(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => V128<float>.Min(new(a), new(b)).Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => V128<float>.Max(new(a), new(b)).Lanes;
}

/// <summary>One lane. Bounds are the caller's, by contract of the interface.</summary>
internal readonly struct Floats1 : IFloats<float>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Splat(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(ref readonly float origin, nuint offset) => Unsafe.Add(ref Unsafe.AsRef(in origin), offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float v, ref float origin, nuint offset) => Unsafe.Add(ref origin, offset) = v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MulAddEstimate(float a, float b, float c) => Scalar<float>.MulAddEstimate(new(a), new(b), new(c)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float a, float b) => Scalar<float>.Min(new(a), new(b)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float a, float b) => Scalar<float>.Max(new(a), new(b)).Value;
}
