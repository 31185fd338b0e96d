using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>A function of 8-bit elements that a pass has tabulated: the index is the element's bits, and so is the result.</summary>
internal sealed class ByteFunction(byte[] table) : UnaryOp
{
    public override IStep Prepare(in PrepareContext c) => Flat.Of<Kernel, byte, byte>(c, new(table), Cost.Unit);

    private readonly struct Kernel(byte[] table) : IFlatKernel<byte, byte>
    {
        public void Run(ReadOnlySpan<byte> input, Span<byte> output) => Lookup.Apply(input, table, output);
    }
}
