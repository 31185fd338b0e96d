using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_AND, bit by bit.</summary>
internal sealed class StablehloAnd : SameShapeOp, IOp<StablehloAnd>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.StablehloAnd, 1, "i8|u8|i16|u16|i32|u32|i64|u64|bool =0 -> =0");

    public static StablehloAnd Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<BitAnd>(c);
}
