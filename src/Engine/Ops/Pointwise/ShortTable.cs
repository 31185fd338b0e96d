using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Operators on one int16 input as tables with interpolation, made when the plan is.</summary>
internal static class ShortTable
{
    /// <summary>Tabulates a function from real number to real number in float32; see <see cref="Lookup16"/>.</summary>
    public static IStep Real(in PrepareContext c, Func<float, float> fn)
    {
        AffineScale input = TensorScale.SymmetricInput(c, 0, mayLack: true), output = TensorScale.SymmetricOutput(c, 0, mayLack: true);
        var table = new short[Lookup16.Count];
        Lookup16.Fill(input.Scale, input.ZeroPoint, output.Scale, output.ZeroPoint, fn, table);
        return Flat.Of<Kernel, short, short>(c, new(table), Cost.Scalar);
    }

    private readonly struct Kernel(short[] table) : IFlatKernel<short, short>
    {
        public void Run(ReadOnlySpan<short> input, Span<short> output) => Lookup16.Apply(input, table, output);
    }
}
