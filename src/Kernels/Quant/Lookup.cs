using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Quant;

/// <summary>
/// A function of 8-bit values as a table of 256, made from its float form: dequantise, apply, divide by the output
/// scale (as a product with the rounded inverse), round half away from zero, add the zero point, saturate. The index is
/// the value's bits.
/// </summary>
internal static class Lookup
{
    public const int Count = 256;

    public static void Fill<T>(AffineScale input, AffineScale output, Func<float, float> function, Span<T> table)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(Count, table.Length);
        float inverse = 1 / output.Scale;
        int least = int.CreateTruncating(T.MinValue);
        for (int q = least; q < least + Count; q++)
        {
            float real = input.Scale * (q - input.ZeroPoint);
            float rescaled = MathF.Round(function(real) * inverse, MidpointRounding.AwayFromZero) + output.ZeroPoint;
            table[(byte)q] = T.CreateSaturating(rescaled);
        }
    }

    /// <summary>output[i] = table[input[i]]; both may be one span.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Apply<TIn, TOut>(ReadOnlySpan<TIn> input, ReadOnlySpan<TOut> table, Span<TOut> output)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        Lengths.MustMatch(Count, table.Length);
        Lengths.MustMatch(input.Length, output.Length);
        ReadOnlySpan<byte> index = MemoryMarshal.AsBytes(input);
        Lengths.MustMatch(index.Length, output.Length);
        ref TOut first = ref MemoryMarshal.GetReference(table);
        ref byte from = ref MemoryMarshal.GetReference(index);
        ref TOut to = ref MemoryMarshal.GetReference(output);
        int done = Unsafe.SizeOf<TOut>() == 1 ? ByteLookup.Apply(index, MemoryMarshal.AsBytes(table), MemoryMarshal.AsBytes(output)) : 0;
        // In bounds: both spans have output.Length elements, and a byte is below 256, the table's length.
        for (nuint i = (nuint)done; i < (nuint)output.Length; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref first, (nuint)Unsafe.Add(ref from, i));
    }
}
