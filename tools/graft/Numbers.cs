using System.Numerics;
using System.Runtime.InteropServices;

namespace Graft.Cli;

/// <summary>Elements of any numeric type as doubles.</summary>
internal static class Numbers
{
    /// <summary>The first <paramref name="countMax"/> elements; null for types that are no plain numbers.</summary>
    public static double[]? TryRead(DType type, ReadOnlySpan<byte> bytes, int countMax = int.MaxValue)
    {
        bool isPlain = type is not (DType.String or DType.Variant or DType.Complex128) && !type.IsPacked();
        if (!isPlain || (type.IsFloat() && type.Bits() == 8)) return null;
        if (type == DType.BFloat16)
        {
            var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
            return Take(halves[..Math.Min(halves.Length, countMax)], bits =>
                BitConverter.UInt32BitsToSingle((uint)bits << 16));
        }
        var action = new ReadNumbers(bytes.ToArray(), countMax);
        return NumberTypes.Dispatch<ReadNumbers, double[]>(Stored(type), ref action);
    }

    private static DType Stored(DType type) => type switch
    {
        DType.Bool => DType.UInt8,
        DType.Complex64 => DType.Float32,
        DType.Resource => DType.Int32,
        _ => type,
    };

    private static double[] Take<T>(ReadOnlySpan<T> values, Func<T, double> convert)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++) result[i] = convert(values[i]);
        return result;
    }

    private readonly struct ReadNumbers(byte[] bytes, int countMax) : INumberAction<double[]>
    {
        public double[] Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var values = MemoryMarshal.Cast<byte, T>(bytes);
            return Take<T>(values[..Math.Min(values.Length, countMax)], double.CreateChecked);
        }
    }
}
