using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RELU_N1_TO_1: x clamped to [-1, 1].</summary>
internal sealed class ReluN1To1 : UnaryOp, IOp<ReluN1To1>
{
    public static OpSignature Signature => new(BuiltinOperator.ReluN1To1, 1, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static ReluN1To1 Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => ClampStep.Of(c, -1, 1);
}
