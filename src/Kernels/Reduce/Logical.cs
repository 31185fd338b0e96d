namespace Graft.Kernels.Reduce;

/// <summary>REDUCE_ANY and REDUCE_ALL of booleans in bytes: any non-zero byte is true, the result is 0 or 1.</summary>
internal static class Logical
{
    /// <summary>An empty reduction gives false.</summary>
    public static void Any(in ReduceShape shape, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Reducer.Apply<MaximumOf<byte>, byte>(shape, input, output);
        Normalise(output[..(int)shape.OutputCount]);
    }

    /// <summary>An empty reduction gives true.</summary>
    public static void All(in ReduceShape shape, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Reducer.Apply<MinimumOf<byte>, byte>(shape, input, output);
        Normalise(output[..(int)shape.OutputCount]);
    }

    private static void Normalise(Span<byte> values)
    {
        foreach (ref byte value in values) value = value == 0 ? (byte)0 : (byte)1;
    }
}
