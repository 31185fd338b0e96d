using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_AND: integers bit by bit; floats, as regions of reductions have them, give 1 where both differ from 0, else 0.</summary>
internal sealed class StablehloAnd : SameShapeOp, IOp<StablehloAnd>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.StablehloAnd, 1, "i8|u8|i16|u16|i32|u32|i64|u64|bool|f32|f64 =0 -> =0");

    public static StablehloAnd Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) =>
        c.Type(0).IsFloat() ? Arithmetic.Step<BothNonzero>(c) : Arithmetic.Step<BitAnd>(c);
}
