using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_CBRT: the cube root, with the sign of x.</summary>
internal sealed class StablehloCbrt : UnaryOp, IOp<StablehloCbrt>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloCbrt, 1, "f32|f16|bf16 -> =0");

    public static StablehloCbrt Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.Real<Kernels.Maths.Cbrt>(c);
}
