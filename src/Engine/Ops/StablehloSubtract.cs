using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_SUBTRACT: a - b; integers wrap.</summary>
internal sealed class StablehloSubtract : SameShapeOp, IOp<StablehloSubtract>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloSubtract, 1, $"{NumberTypes.All}|bf16 =0 -> =0");

    public static StablehloSubtract Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<Minus>(c);
}
