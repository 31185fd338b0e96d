using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>TANH. int16 goes through a table with interpolation and needs output scale 1/32768.</summary>
internal sealed class Tanh : UnaryOp, IOp<Tanh>
{
    public static OpSignature Signature => new(BuiltinOperator.Tanh, 3, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Tanh Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) != DType.Int16) return RealFunction.Step<Kernels.Maths.Tanh>(c);
        float scale = TensorScale.SymmetricInput(c, 0).Scale, outputScale = TensorScale.SymmetricOutput(c, 0).Scale;
        c.Require(PowerOfTwo.Is(outputScale) && PowerOfTwo.Exponent(outputScale) == -15,
            $"int16 output needs scale 1/32768, it has {outputScale:R}");
        return Flat.Of<Kernel, short, short>(c, new(SigmoidTable.ScalingFor(scale, 1)), Cost.Scalar);
    }

    private readonly struct Kernel(SigmoidTable.Scaling scaling) : IFlatKernel<short, short>
    {
        public void Run(ReadOnlySpan<short> input, Span<short> output) => SigmoidTable.Tanh(input, scaling, output);
    }
}
