using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RELU_0_TO_1: x clamped to [0, 1].</summary>
internal sealed class Relu0To1 : UnaryOp, IOp<Relu0To1>
{
    public static OpSignature Signature => new(BuiltinOperator.Relu0To1, 1, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Relu0To1 Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => ClampStep.Of(c, 0, 1);
}
