using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Interleaves the lanes of two vectors; what transposes squares of them.</summary>
internal static class Interleave
{
    /// <summary>(a0, b0, a1, b1, ...) of the lower halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> Low<T>(V128<T> a, V128<T> b) where T : unmanaged, IBinaryNumber<T>
    {
        var (x, y) = (a.Lanes, b.Lanes);
        if (Sse2.IsSupported)
        {
            if (Unsafe.SizeOf<T>() == 8) return new(Sse2.UnpackLow(x.AsDouble(), y.AsDouble()).As<double, T>());
            if (Unsafe.SizeOf<T>() == 4) return new(Sse.UnpackLow(x.AsSingle(), y.AsSingle()).As<float, T>());
            return new(Unsafe.SizeOf<T>() == 2 ? Sse2.UnpackLow(x.AsInt16(), y.AsInt16()).As<short, T>() : Sse2.UnpackLow(x.AsByte(), y.AsByte()).As<byte, T>());
        }
        if (!AdvSimd.Arm64.IsSupported) return Zip(a, b, 0);
        if (Unsafe.SizeOf<T>() == 8) return new(AdvSimd.Arm64.ZipLow(x.AsDouble(), y.AsDouble()).As<double, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(AdvSimd.Arm64.ZipLow(x.AsSingle(), y.AsSingle()).As<float, T>());
        return new(Unsafe.SizeOf<T>() == 2 ? AdvSimd.Arm64.ZipLow(x.AsInt16(), y.AsInt16()).As<short, T>() : AdvSimd.Arm64.ZipLow(x.AsByte(), y.AsByte()).As<byte, T>());
    }

    /// <summary>The same of the upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<T> High<T>(V128<T> a, V128<T> b) where T : unmanaged, IBinaryNumber<T>
    {
        var (x, y) = (a.Lanes, b.Lanes);
        if (Sse2.IsSupported)
        {
            if (Unsafe.SizeOf<T>() == 8) return new(Sse2.UnpackHigh(x.AsDouble(), y.AsDouble()).As<double, T>());
            if (Unsafe.SizeOf<T>() == 4) return new(Sse.UnpackHigh(x.AsSingle(), y.AsSingle()).As<float, T>());
            return new(Unsafe.SizeOf<T>() == 2 ? Sse2.UnpackHigh(x.AsInt16(), y.AsInt16()).As<short, T>() : Sse2.UnpackHigh(x.AsByte(), y.AsByte()).As<byte, T>());
        }
        if (!AdvSimd.Arm64.IsSupported) return Zip(a, b, V128<T>.Count / 2);
        if (Unsafe.SizeOf<T>() == 8) return new(AdvSimd.Arm64.ZipHigh(x.AsDouble(), y.AsDouble()).As<double, T>());
        if (Unsafe.SizeOf<T>() == 4) return new(AdvSimd.Arm64.ZipHigh(x.AsSingle(), y.AsSingle()).As<float, T>());
        return new(Unsafe.SizeOf<T>() == 2 ? AdvSimd.Arm64.ZipHigh(x.AsInt16(), y.AsInt16()).As<short, T>() : AdvSimd.Arm64.ZipHigh(x.AsByte(), y.AsByte()).As<byte, T>());
    }

    private static V128<T> Zip<T>(V128<T> a, V128<T> b, int from) where T : unmanaged, IBinaryNumber<T>
    {
        Vector128<T> pairs = default;
        for (int i = 0; i < V128<T>.Count; i += 2) pairs = pairs.WithElement(i, a.Lanes[from + (i / 2)]).WithElement(i + 1, b.Lanes[from + (i / 2)]);
        return new(pairs);
    }
}
