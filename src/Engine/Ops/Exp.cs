using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>EXP: e to the power of x.</summary>
internal sealed class Exp : UnaryOp, IOp<Exp>
{
    public static OpSignature Signature => new(BuiltinOperator.Exp, 2, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Exp Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => RealFunction.Step<Kernels.Maths.Exp>(c);
}
