using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Quant;

/// <summary>Functions of 8-bit values as tables of all 256 results, indexed by the value's bits.</summary>
internal static class ByteLookup
{
    /// <summary>output[i] = table[input[i]]. Input and output may be one span.</summary>
    public static void Apply<T>(ReadOnlySpan<byte> input, ReadOnlySpan<T> table, Span<T> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        table = table[..256];
        for (int i = 0; i < input.Length; i++) output[i] = table[input[i]];
    }
}
