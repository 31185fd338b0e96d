using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>COS of an angle in radians.</summary>
internal sealed class Cos : UnaryOp, IOp<Cos>
{
    public static OpSignature Signature => new(BuiltinOperator.Cos, 2, "f32|f16|bf16 -> =0");

    public static Cos Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.Real<Kernels.Maths.Cos>(c);
}
