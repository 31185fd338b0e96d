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
            Span<float> values = stackalloc float[LengthMax], exponentials = stackalloc float[LengthMax];
            values.Fill(MaximumOf<float>.Identity);
            exponentials.Fill(SumOf<float>.Identity);
            ref float value = ref MemoryMarshal.GetReference(values), exponential = ref MemoryMarshal.GetReference(exponentials);
            ref float from = ref MemoryMarshal.GetReference(Input), to = ref MemoryMarshal.GetReference(Output);
            nuint length = (nuint)Length, step = (nuint)V.Count, whole = length / step * step;
            int rest = (int)(length - whole);
            // In bounds: whole vectors and the rest of a row that lies in both spans, and in buffers that are no shorter.
            for (nuint start = 0; start + length <= (nuint)Output.Length; start += length)
            {
                for (nuint i = 0; i < whole; i += step) V.Store(V.Load(ref from, start + i), ref value, i);
                if (rest > 0) V.StorePartial(V.LoadPartial(ref from, start + whole, rest), ref value, whole, rest);
                var shifted = new Softmax.Shifted(Row.Run<MaximumOf<float>, float, V>(values, MaximumOf<float>.Identity), Beta);
                for (nuint i = 0; i < whole; i += step) V.Store(shifted.Apply(V.Load(ref value, i)), ref exponential, i);
                if (rest > 0) V.StorePartial(shifted.Apply(V.Load(ref value, whole)), ref exponential, whole, rest);
                V sum = V.Splat(Row.Run<SumOf<float>, float, V>(exponentials, SumOf<float>.Identity));
                for (nuint i = 0; i < whole; i += step) V.Store(V.Load(ref exponential, i) / sum, ref to, start + i);
                if (rest > 0) V.StorePartial(V.Load(ref exponential, whole) / sum, ref to, start + whole, rest);
            }
        }
    }
}
