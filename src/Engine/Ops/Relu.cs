using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RELU: max(x, 0).</summary>
internal sealed class Relu : UnaryOp, IOp<Relu>
{
    public static OpSignature Signature => new(BuiltinOperator.Relu, 3, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Relu Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => ClampStep.Of(c, 0, float.PositiveInfinity);
}
