using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>AVX512_VNNI, for which the runtime has no intrinsic: here in software. Four unsigned by four signed bytes to a lane.</summary>
internal readonly struct Vnni512Dot : IDot<V512<int>>
{
    private const int LeafOfFeatures = 7, VnniInEcx = 1 << 11;

    public static string Name => "gemm-u8i8i32-avx512vnni";

    public static bool IsSupported { get; } = Isa.Current == VectorWidth.V512 && (X86Base.CpuId(LeafOfFeatures, 0).Ecx & VnniInEcx) != 0;

    public static LeftFactors Left => LeftFactors.UInt8;

    public static int WordBytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> Load(ref readonly byte origin, nuint offset) =>
        Unsafe.BitCast<V512<byte>, V512<int>>(V512<byte>.Load(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> MulAdd(V512<int> sum, V512<int> left, V512<int> right) =>
        ByteTwin<Lanes512, V512<int>, V512<short>>.Unsigned(sum, left, right);
}

/// <summary>AVX-VNNI: four unsigned by four signed bytes to a lane.</summary>
internal readonly struct VnniDot : IDot<V256<int>>
{
    public static string Name => "gemm-u8i8i32-avxvnni";

    public static bool IsSupported => AvxVnni.IsSupported;

    public static LeftFactors Left => LeftFactors.UInt8;

    public static int WordBytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> Load(ref readonly byte origin, nuint offset) =>
        Unsafe.BitCast<V256<byte>, V256<int>>(V256<byte>.Load(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> MulAdd(V256<int> sum, V256<int> left, V256<int> right) => AvxVnni.IsSupported
        ? new(AvxVnni.MultiplyWideningAndAdd(sum.Lanes, left.Lanes.AsByte(), right.Lanes.AsSByte()))
        : ByteTwin<Lanes256, V256<int>, V256<short>>.Unsigned(sum, left, right);
}

/// <summary>NEON with the dot product extension: four by four signed bytes to a lane.</summary>
internal readonly struct NeonDot : IDot<V128<int>>
{
    public static string Name => "gemm-i8i8i32-neondot";

    public static bool IsSupported => Dp.IsSupported;

    public static LeftFactors Left => LeftFactors.Int8;

    public static int WordBytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> Load(ref readonly byte origin, nuint offset) =>
        Unsafe.BitCast<V128<byte>, V128<int>>(V128<byte>.Load(in origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> MulAdd(V128<int> sum, V128<int> left, V128<int> right) => Dp.IsSupported
        ? new(Dp.DotProduct(sum.Lanes, left.Lanes.AsSByte(), right.Lanes.AsSByte()))
        : ByteTwin<Lanes128, V128<int>, V128<short>>.Signed(sum, left, right);
}

/// <summary>The sums of four products of bytes in software: even and odd bytes as 16-bit factors.</summary>
internal static class ByteTwin<L, I, S>
    where L : unmanaged, IShortLanes<I, S>
    where I : unmanaged, ISimd<I, int>
    where S : unmanaged, ISimd<S, short>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Unsigned(I sum, I left, I right)
    {
        S a = Unsafe.BitCast<I, S>(left), b = Unsafe.BitCast<I, S>(right);
        return sum + L.MulAddAdjacent(a & S.Splat(byte.MaxValue), Even(b))
            + L.MulAddAdjacent(S.ShiftRightLogical(a, 8), S.ShiftRightArithmetic(b, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Signed(I sum, I left, I right)
    {
        S a = Unsafe.BitCast<I, S>(left), b = Unsafe.BitCast<I, S>(right);
        return sum + L.MulAddAdjacent(Even(a), Even(b))
            + L.MulAddAdjacent(S.ShiftRightArithmetic(a, 8), S.ShiftRightArithmetic(b, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static S Even(S bytes) => S.ShiftRightArithmetic(S.ShiftLeft(bytes, 8), 8);
}
