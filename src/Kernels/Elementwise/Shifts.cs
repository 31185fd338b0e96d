using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>a shifted right by b bits, keeping the sign; b is first limited to [0, bits - 1]. Lanes are shifted by powers of two, those that b has.</summary>
internal readonly struct ShiftRightFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T>
    {
        int bits = 8 * Unsafe.SizeOf<T>();
        V count = V.Min(V.Splat(T.CreateTruncating(bits - 1)), V.Max(V.Splat(T.Zero), b));
        for (int step = 1; step < bits; step *= 2)
        {
            V isClear = V.Equal(count & V.Splat(T.CreateTruncating(step)), V.Splat(T.Zero));
            a = V.Select(isClear, a, T.IsNegative(T.AllBitsSet) ? V.ShiftRightArithmetic(a, step) : V.ShiftRightLogical(a, step));
        }
        return a;
    }
}

/// <summary>a shifted left by b bits as a 32-bit integer, of which the lower bits stay; the count is taken modulo 32.</summary>
internal readonly struct ShiftLeftFn<T> : IBinaryFn<T> where T : unmanaged, IBinaryInteger<T>
{
    private const int Bits = 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T>
    {
        for (int step = 1; step < Bits; step *= 2)
        {
            V isClear = V.Equal(b & V.Splat(T.CreateTruncating(step)), V.Splat(T.Zero));
            a = V.Select(isClear, a, step < 8 * Unsafe.SizeOf<T>() ? V.ShiftLeft(a, step) : V.Splat(T.Zero));
        }
        return a;
    }
}
