using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ELU: x for x >= 0, otherwise exp(x) - 1.</summary>
internal sealed class Elu : UnaryOp, IOp<Elu>
{
    public static OpSignature Signature => new(BuiltinOperator.Elu, 1, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Elu Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => RealFunction.Step<Kernels.Maths.Elu>(c);
}
