using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_MINIMUM: the smaller of a and b, a when they do not compare.</summary>
internal sealed class StablehloMinimum : SameShapeOp, IOp<StablehloMinimum>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.StablehloMinimum, 1, "f32|f16|f64|i8|u8|i16|u16|i32|u32|i64|u64|bool =0 -> =0");

    public static StablehloMinimum Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) =>
        c.Type(0) == DType.Bool ? Arithmetic.Step<BitAnd>(c) : Arithmetic.Step<SmallerOrFirst>(c);
}
