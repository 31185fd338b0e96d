using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>The vector widths, narrow to wide.</summary>
internal enum VectorWidth
{
    Scalar = 1,
    V128 = 128,
    V256 = 256,
    V512 = 512,
}

/// <summary>Work that is generic over one vector type.</summary>
internal interface ISimdAction<T> where T : unmanaged, IBinaryNumber<T>
{
    public void Invoke<V>() where V : unmanaged, ISimd<V, T>;
}

/// <summary>Work that mixes float and 32-bit integer lanes.</summary>
internal interface ILanesAction
{
    public void Invoke<TLanes, F, I>()
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>;
}

/// <summary>
/// The only place that asks the CPU. Every property is a constant to the JIT and to the ahead-of-time compiler, so
/// branches on it leave one width in the code. Honours the runtime's switches (DOTNET_EnableAVX512, DOTNET_EnableAVX2,
/// DOTNET_EnableHWIntrinsic).
/// </summary>
internal static class Isa
{
    public static VectorWidth Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get =>
            Vector512.IsHardwareAccelerated && Avx512BW.IsSupported ? VectorWidth.V512 :
            Vector256.IsHardwareAccelerated && Avx2.IsSupported ? VectorWidth.V256 :
            Vector128.IsHardwareAccelerated ? VectorWidth.V128 : VectorWidth.Scalar;
    }

    /// <summary>The widest vectors that so many elements fill; scalar where none are, or where there are none of the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorWidth Filled<T>(int length) where T : unmanaged
    {
        if (!Vector128<T>.IsSupported || Current == VectorWidth.Scalar || length < 16 / Unsafe.SizeOf<T>()) return VectorWidth.Scalar;
        if (Current == VectorWidth.V512 && length >= 64 / Unsafe.SizeOf<T>()) return VectorWidth.V512;
        return Current >= VectorWidth.V256 && length >= 32 / Unsafe.SizeOf<T>() ? VectorWidth.V256 : VectorWidth.V128;
    }

    /// <summary>
    /// Whether <see cref="ISimd{TSelf, T}.MulAdd"/> is an instruction. Where it is not, each call is software, some
    /// hundred times slower: kernels then use MulAddEstimate, or a separate multiplication and addition.
    /// </summary>
    public static bool HasFma
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Fma.IsSupported || AdvSimd.Arm64.IsSupported;
    }

    /// <summary>Vector registers of the widest vectors: how large a tile may be.</summary>
    public static int VectorRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Current == VectorWidth.V512 || AdvSimd.Arm64.IsSupported ? 32 : 16;
    }

    /// <summary>What a human calls it, for example "x64 AVX2+FMA".</summary>
    public static string Name
    {
        get
        {
            string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            return $"{architecture} {Features}";
        }
    }

    private static string Features
    {
        get
        {
            if (Current == VectorWidth.Scalar) return "no hardware vectors";
            if (Current == VectorWidth.V512)
                return Avx512Vbmi.IsSupported ? "AVX-512 (F,BW,CD,DQ,VL,VBMI)" : "AVX-512 (F,BW,CD,DQ,VL)";
            if (Current == VectorWidth.V256) return AvxVnni.IsSupported ? "AVX2+FMA+VNNI" : "AVX2+FMA";
            if (AdvSimd.Arm64.IsSupported) return Dp.IsSupported ? "NEON+dp" : "NEON";
            if (Sse42.IsSupported) return Avx.IsSupported ? "AVX" : "SSE4.2";
            return Sse41.IsSupported ? "SSE4.1" : "128-bit vectors";
        }
    }

    /// <summary>Runs the action once, at the widest width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dispatch<TAction, T>(ref TAction action)
        where TAction : struct, ISimdAction<T>, allows ref struct
        where T : unmanaged, IBinaryNumber<T>
    {
        if (Current == VectorWidth.V512) action.Invoke<V512<T>>();
        else if (Current == VectorWidth.V256) action.Invoke<V256<T>>();
        else if (Current == VectorWidth.V128) action.Invoke<V128<T>>();
        else action.Invoke<Scalar<T>>();
    }

    /// <summary>Runs the action once, at the widest width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dispatch<TAction>(ref TAction action)
        where TAction : struct, ILanesAction, allows ref struct
    {
        if (Current == VectorWidth.V512) action.Invoke<Lanes512, V512<float>, V512<int>>();
        else if (Current == VectorWidth.V256) action.Invoke<Lanes256, V256<float>, V256<int>>();
        else if (Current == VectorWidth.V128) action.Invoke<Lanes128, V128<float>, V128<int>>();
        else action.Invoke<LanesScalar, Scalar<float>, Scalar<int>>();
    }

    /// <summary>Runs the action once, at the widest width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DispatchDoubles<TAction>(ref TAction action)
        where TAction : struct, IDoublesAction, allows ref struct
    {
        if (Current == VectorWidth.V512) action.Invoke<Doubles512, V512<double>>();
        else if (Current == VectorWidth.V256) action.Invoke<Doubles256, V256<double>>();
        else if (Current == VectorWidth.V128) action.Invoke<Doubles128, V128<double>>();
        else action.Invoke<DoublesScalar, Scalar<double>>();
    }

    /// <summary>Runs the action once, at the widest width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DispatchHalves<TAction>(ref TAction action)
        where TAction : struct, IHalvesAction, allows ref struct
    {
        if (Current == VectorWidth.V512) action.Invoke<Doubles512, V512<float>, V512<double>>();
        else if (Current == VectorWidth.V256) action.Invoke<Doubles256, V256<float>, V256<double>>();
        else if (Current == VectorWidth.V128) action.Invoke<Doubles128, V128<float>, V128<double>>();
        else action.Invoke<DoublesScalar, Scalar<float>, Scalar<double>>();
    }
}
