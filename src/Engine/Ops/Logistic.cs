using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LOGISTIC: 1 / (1 + exp(-x)). int16 goes through a table with interpolation and needs output scale 1/32768.</summary>
internal sealed class Logistic : UnaryOp, IOp<Logistic>
{
    public static OpSignature Signature => new(BuiltinOperator.Logistic, 3, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Logistic Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0).IsFloat()) return Flat.Real<Kernels.Maths.Sigmoid>(c);
        if (c.Type(0) != DType.Int16) return ByteTable.Real(c, static x => 1f / (1f + MathF.Exp(-x)));
        float outputScale = TensorScale.SymmetricOutput(c, 0).Scale;
        c.Require(outputScale == 1f / 32768, $"int16 output needs scale 1/32768, it has {outputScale:R}");
        return Flat.Of<Kernel, short, short>(c, new(SigmoidTable.ScalingFor(TensorScale.SymmetricInput(c, 0).Scale, 0)), Cost.Scalar);
    }

    private readonly struct Kernel(SigmoidTable.Scaling scaling) : IFlatKernel<short, short>
    {
        public void Run(ReadOnlySpan<short> input, Span<short> output) => SigmoidTable.Logistic(input, scaling, output);
    }
}
