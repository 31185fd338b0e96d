using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Interleaves the lanes of two vectors of four floats; what transposes squares of them.</summary>
internal static class Interleave
{
    /// <summary>(a0, b0, a1, b1)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<float> Low(V128<float> a, V128<float> b)
    {
        if (Sse.IsSupported) return new(Sse.UnpackLow(a.Lanes, b.Lanes));
        if (AdvSimd.Arm64.IsSupported) return new(AdvSimd.Arm64.ZipLow(a.Lanes, b.Lanes));
        return new(Vector128.Create(a.Lanes[0], b.Lanes[0], a.Lanes[1], b.Lanes[1]));
    }

    /// <summary>(a2, b2, a3, b3)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<float> High(V128<float> a, V128<float> b)
    {
        if (Sse.IsSupported) return new(Sse.UnpackHigh(a.Lanes, b.Lanes));
        if (AdvSimd.Arm64.IsSupported) return new(AdvSimd.Arm64.ZipHigh(a.Lanes, b.Lanes));
        return new(Vector128.Create(a.Lanes[2], b.Lanes[2], a.Lanes[3], b.Lanes[3]));
    }
}
