using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>HARD_SWISH: x min(max(x + 3, 0), 6) / 6.</summary>
internal sealed class HardSwish : UnaryOp, IOp<HardSwish>
{
    public static OpSignature Signature => new(BuiltinOperator.HardSwish, 1, "f32|f16|bf16|i8|u8 -> =0");

    public static HardSwish Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float16) return Flat.Scalar<Kernels.Maths.HardSwishHalf, Half, Half>(c, default);
        if (c.Type(0).IsFloat()) return Flat.Real<Kernels.Maths.HardSwish>(c);
        AffineScale input = TensorScale.Input(c, 0, mayLack: true), output = TensorScale.Output(c, 0, mayLack: true);
        c.Require(QuantizedHardSwish.Fits(input, output),
            $"output scale {output.Scale:R} is too small for input scale {input.Scale:R}");
        return ByteTable.Integer(c, new QuantizedHardSwish(input, output).Apply);
    }
}
