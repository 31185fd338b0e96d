using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_MAXIMUM: the larger of a and b, a when they do not compare.</summary>
internal sealed class StablehloMaximum : SameShapeOp, IOp<StablehloMaximum>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.StablehloMaximum, 1, "f32|f16|f64|i8|u8|i16|u16|i32|u32|i64|u64|bool =0 -> =0");

    public static StablehloMaximum Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) =>
        c.Type(0) == DType.Bool ? Arithmetic.Step<BitOr>(c) : Arithmetic.Step<LargerOrFirst>(c);
}
