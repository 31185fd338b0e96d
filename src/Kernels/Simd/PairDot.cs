using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>Pairs of 16-bit left factors; right factors in memory are sbytes or shorts.</summary>
internal readonly struct PairDot<L, I, S, T> : IDot<I>
    where L : unmanaged, IShortLanes<I, S>
    where I : unmanaged, ISimd<I, int>
    where S : unmanaged, ISimd<S, short>
    where T : unmanaged, IBinaryInteger<T>
{
    public static string Name => $"gemm-i16i{8 * Unsafe.SizeOf<T>()}i32-v{32 * I.Count}";

    public static bool IsSupported => L.IsSupported;

    public static LeftFactors Left => LeftFactors.Int16;

    public static int WordBytes => 2 * Unsafe.SizeOf<T>();

    // In bounds: reads exactly I.Count words, which the caller guarantees; I and S are views of one register.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Load(ref readonly byte origin, nuint offset) => Unsafe.BitCast<S, I>(
        L.LoadWiden(ref Unsafe.As<byte, T>(ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset)), 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I MulAdd(I sum, I left, I right) =>
        sum + L.MulAddAdjacent(Unsafe.BitCast<I, S>(left), Unsafe.BitCast<I, S>(right));
}

/// <summary>The same in plain integers, for CPUs without vectors.</summary>
internal readonly struct ScalarDot<T> : IDot<Scalar<int>> where T : unmanaged, IBinaryInteger<T>
{
    public static string Name => $"gemm-i16i{8 * Unsafe.SizeOf<T>()}i32-scalar";

    public static bool IsSupported => true;

    public static LeftFactors Left => LeftFactors.Int16;

    public static int WordBytes => 2 * Unsafe.SizeOf<T>();

    // In bounds: reads two elements of T, which the caller guarantees.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> Load(ref readonly byte origin, nuint offset)
    {
        ref T at = ref Unsafe.As<byte, T>(ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset));
        T first = Unsafe.ReadUnaligned<T>(ref Unsafe.As<T, byte>(ref at));
        T second = Unsafe.ReadUnaligned<T>(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref at, 1)));
        return new((ushort)short.CreateTruncating(first) | (int.CreateTruncating(second) << 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> MulAdd(Scalar<int> sum, Scalar<int> left, Scalar<int> right)
    {
        bool little = BitConverter.IsLittleEndian;
        int first = (short)(little ? left.Value : left.Value >> 16), second = (short)(little ? left.Value >> 16 : left.Value);
        return new(sum.Value + (first * (short)right.Value) + (second * (right.Value >> 16)));
    }
}
