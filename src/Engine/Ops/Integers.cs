using System.Runtime.InteropServices;

namespace Graft.Ops;

/// <summary>Small integer tensors (shapes, axes, paddings) of any integer type, read as int32.</summary>
internal static class Integers
{
    /// <summary>Null when the type is no integer type, or a value exceeds int32.</summary>
    public static int[]? Read(DType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case DType.Int32: return MemoryMarshal.Cast<byte, int>(bytes).ToArray();
            case DType.Int64: return Convert<long>(bytes);
            case DType.UInt32: return Convert<uint>(bytes);
            case DType.UInt64: return Convert<ulong>(bytes);
            case DType.Int16: return Convert<short>(bytes);
            case DType.UInt16: return Convert<ushort>(bytes);
            case DType.Int8: return Convert<sbyte>(bytes);
            case DType.UInt8 or DType.Bool: return Convert<byte>(bytes);
            default: return null;
        }
    }

    /// <summary>Options that count axes and elements: what exceeds int32 is out of any range.</summary>
    public static int[] Saturate(ReadOnlySpan<long> values)
    {
        var result = new int[values.Length];
        for (int i = 0; i < result.Length; i++) result[i] = int.CreateSaturating(values[i]);
        return result;
    }

    private static int[]? Convert<T>(ReadOnlySpan<byte> bytes) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var result = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = int.CreateTruncating(values[i]);
            if (T.CreateTruncating(result[i]) != values[i]) return null;
        }
        return result;
    }
}
