using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// SOFTMAX of rows of at most one block of <see cref="Row"/>, with the bits of longer ones: the row is filled up to the block with what does not
/// change a maximum, the exponentials with what does not change a sum.
/// </summary>
internal static class ShortSoftmax
{
    public const int LengthMax = 64;

    private const int RowsAtOnce = 8;

    /// <summary>Rows of <paramref name="length"/> elements, 1 to <see cref="LengthMax"/>; input and output have whole rows and may be one span.</summary>
    public static void Apply(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        var action = new Rows { Input = input, Output = output, Length = length, Beta = beta };
        Isa.Dispatch<Rows, float>(ref action);
    }

    private ref struct Rows : ISimdAction<float>
    {
        public required ReadOnlySpan<float> Input { get; init; }
        public required Span<float> Output { get; init; }
        public required int Length { get; init; }
        public required float Beta { get; init; }

        [MethodImpl(Jit.Loop)]
        public readonly void Invoke<V>() where V : unmanaged, ISimd<V, float>
        {
            Lengths.MustMatch(Input.Length, Output.Length);
            Span<float> values = stackalloc float[RowsAtOnce * LengthMax], exponentials = stackalloc float[RowsAtOnce * LengthMax], numbers = stackalloc float[RowsAtOnce];
            values.Fill(MaximumOf<float>.Identity);
            exponentials.Fill(SumOf<float>.Identity);
            ref float value = ref MemoryMarshal.GetReference(values), exponential = ref MemoryMarshal.GetReference(exponentials);
            ref float from = ref MemoryMarshal.GetReference(Input), to = ref MemoryMarshal.GetReference(Output);
            nuint length = (nuint)Length, step = (nuint)V.Count, whole = length / step * step;
            int rest = (int)(length - whole), rows = Input.Length / Length;
            // A row alone would wait for itself at each step. In bounds: whole vectors and the rest of rows that lie in both spans, and in buffers that are
            // no shorter.
            for (int row = 0; row < rows; row += RowsAtOnce)
            {
                int count = Math.Min(RowsAtOnce, rows - row);
                nuint first = (nuint)row * length, at = 0;
                for (nuint start = first; at < (nuint)count * LengthMax; at += LengthMax, start += length)
                {
                    for (nuint i = 0; i < whole; i += step) V.Store(V.Load(ref from, start + i), ref value, at + i);
                    if (rest > 0) V.StorePartial(V.LoadPartial(ref from, start + whole, rest), ref value, at + whole, rest);
                }
                for (int r = 0; r < count; r++) numbers[r] = Row.Run<MaximumOf<float>, float, V>(values.Slice(r * LengthMax, LengthMax), MaximumOf<float>.Identity);
                for (int r = 0; r < count; r++)
                {
                    var shifted = new Softmax.Shifted(numbers[r], Beta);
                    at = (nuint)r * LengthMax;
                    for (nuint i = 0; i < whole; i += step) V.Store(shifted.Apply(V.Load(ref value, at + i)), ref exponential, at + i);
                    if (rest > 0) V.StorePartial(shifted.Apply(V.Load(ref value, at + whole)), ref exponential, at + whole, rest);
                }
                for (int r = 0; r < count; r++) numbers[r] = Row.Run<SumOf<float>, float, V>(exponentials.Slice(r * LengthMax, LengthMax), SumOf<float>.Identity);
                for (int r = 0; r < count; r++)
                {
                    V sum = V.Splat(numbers[r]);
                    at = (nuint)r * LengthMax;
                    nuint start = first + (nuint)r * length;
                    for (nuint i = 0; i < whole; i += step) V.Store(V.Load(ref exponential, at + i) / sum, ref to, start + i);
                    if (rest > 0) V.StorePartial(V.Load(ref exponential, at + whole) / sum, ref to, start + whole, rest);
                }
            }
        }
    }
}
