using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RELU6: x clamped to [0, 6].</summary>
internal sealed class Relu6 : UnaryOp, IOp<Relu6>
{
    public static OpSignature Signature => new(BuiltinOperator.Relu6, 3, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Relu6 Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => ClampStep.Of(c, 0, 6);
}
