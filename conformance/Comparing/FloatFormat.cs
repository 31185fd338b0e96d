using System.Runtime.InteropServices;
using Graft.Kernels;

namespace Graft.Conformance.Comparing;

/// <summary>Float element types as doubles: the widest of them, and exact for all.</summary>
internal static class FloatFormat
{
    /// <summary>Numbers in an element: 2 for complex types, 0 for types that are not compared as floats.</summary>
    public static int NumbersPerElement(DType type) => type switch
    {
        DType.Float32 or DType.Float16 or DType.BFloat16 or DType.Float64 => 1,
        DType.Complex64 or DType.Complex128 => 2,
        _ => 0,
    };

    public static double[] Read(DType type, ReadOnlySpan<byte> bytes) => type switch
    {
        DType.Float32 or DType.Complex64 => Convert<float>(bytes, v => v),
        DType.Float64 or DType.Complex128 => Convert<double>(bytes, v => v),
        DType.Float16 => Convert<Half>(bytes, v => (double)v),
        DType.BFloat16 => Convert<BFloat16>(bytes, v => (float)v),
        _ => throw new ArgumentException($"{type.Name()} is not compared as floats", nameof(type)),
    };

    /// <summary>
    /// What the type's own rounding may add: one unit in the last place for 16-bit types, which round once more at the
    /// end.
    /// </summary>
    public static double Rounding(DType type, double value)
    {
        var (digits, least) = type switch
        {
            DType.Float16 => (10, -24),
            DType.BFloat16 => (7, -133),
            _ => (0, 0),
        };
        if (digits == 0) return 0;
        int exponent = value == 0 || !double.IsFinite(value) ? least : Math.ILogB(value);
        return Math.ScaleB(1, Math.Max(exponent - digits, least));
    }

    /// <summary>The smallest normal number of the precision that results are computed in.</summary>
    public static double SmallestNormal(DType type) =>
        type is DType.Float64 or DType.Complex128 ? 2.2250738585072014e-308 : 1.1754943508222875e-38;

    private static double[] Convert<T>(ReadOnlySpan<byte> bytes, Func<T, double> widen) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var result = new double[values.Length];
        for (int i = 0; i < result.Length; i++) result[i] = widen(values[i]);
        return result;
    }
}
