using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_OR, bit by bit.</summary>
internal sealed class StablehloOr : SameShapeOp, IOp<StablehloOr>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloOr, 1, "i8|u8|i16|u16|i32|u32|i64|u64|bool =0 -> =0");

    public static StablehloOr Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<BitOr>(c);
}
