using System.Runtime.InteropServices;
using Graft.Conformance.Reading;

namespace Graft.Conformance.Comparing;

/// <summary>
/// Integers, booleans and bytes: equal, or within some steps where the golden is not from the reference kernels.
/// </summary>
internal static class IntegerComparison
{
    /// <param name="golden">The expected elements.</param>
    /// <param name="type">Type of both.</param>
    /// <param name="shape">Shape of both.</param>
    /// <param name="bytes">The actual elements.</param>
    /// <param name="allowed">Largest difference, and the share of elements that may have one; null when none
    /// may.</param>
    public static Verdict Compare(GoldenTensor golden, DType type, Shape shape, ReadOnlySpan<byte> bytes,
        (int Steps, double Share)? allowed)
    {
        var expected = Read(type, golden.Bytes.Span, shape.ElementCount);
        var actual = Read(type, bytes, shape.ElementCount);
        long worst = 0, differing = 0;
        int at = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] == actual[i]) continue;
            differing++;
            long difference = Math.Abs((long)Int128.Clamp(expected[i] - actual[i], -long.MaxValue, long.MaxValue));
            if (difference <= worst) continue;
            (worst, at) = (difference, i);
        }
        // Bits beyond the last element of a packed type carry no value.
        if (differing == 0) return Verdict.Exact;
        double ratio = Ratio(worst, differing, expected.Length, allowed);
        string detail = $"{differing} of {expected.Length} elements differ, most at {Positions.Of(shape, at)}: {actual[at]}, expected {expected[at]}";
        if (allowed is { } limit) detail += $" (allowed: {limit.Steps} steps in {limit.Share:P0} of the elements)";
        return new(ratio <= 1 ? Outcome.WithinTolerance : Outcome.Failed, worst, ratio, detail);
    }

    private static double Ratio(long worst, long differing, int count, (int Steps, double Share)? allowed) =>
        allowed is not { } limit ? double.PositiveInfinity
            : Math.Max((double)worst / limit.Steps, differing / (limit.Share * count));

    private static Int128[] Read(DType type, ReadOnlySpan<byte> bytes, long count) => type switch
    {
        DType.Int8 => Widen<sbyte>(bytes),
        DType.Int16 => Widen<short>(bytes),
        DType.UInt16 => Widen<ushort>(bytes),
        DType.Int32 => Widen<int>(bytes),
        DType.UInt32 => Widen<uint>(bytes),
        DType.Int64 => Widen<long>(bytes),
        DType.UInt64 => Widen<ulong>(bytes),
        DType.Int4 => Unpack(bytes, count, 4, isSigned: true),
        DType.UInt4 => Unpack(bytes, count, 4, isSigned: false),
        DType.Int2 => Unpack(bytes, count, 2, isSigned: true),
        DType.Resource => Widen<int>(bytes),
        _ => Widen<byte>(bytes),
    };

    private static Int128[] Widen<T>(ReadOnlySpan<byte> bytes) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var result = new Int128[values.Length];
        for (int i = 0; i < result.Length; i++) result[i] = Int128.CreateChecked(values[i]);
        return result;
    }

    private static Int128[] Unpack(ReadOnlySpan<byte> bytes, long count, int bits, bool isSigned)
    {
        var result = new Int128[count];
        for (int i = 0; i < result.Length; i++)
        {
            int bit = i * bits;
            int value = (bytes[bit / 8] >> (bit % 8)) & ((1 << bits) - 1);
            result[i] = isSigned && value >> (bits - 1) != 0 ? value - (1 << bits) : value;
        }
        return result;
    }
}
