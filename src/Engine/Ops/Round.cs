using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ROUND: the nearest whole number, ties to even.</summary>
internal sealed class Round : UnaryOp, IOp<Round>
{
    public static OpSignature Signature => new(BuiltinOperator.Round, 1, "f32|f16|bf16 -> =0");

    public static Round Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.AnyFloat<RoundFn<float>>(c);
}
