using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_MULTIPLY: a * b; of booleans, a and b.</summary>
internal sealed class StablehloMultiply : SameShapeOp, IOp<StablehloMultiply>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.StablehloMultiply, 1, "f32|f16|f64|i8|u8|i16|u16|i32|u32|i64|u64|bool =0 -> =0");

    public static StablehloMultiply Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) =>
        c.Type(0) == DType.Bool ? Arithmetic.Step<BitAnd>(c) : Arithmetic.Step<Times>(c);
}
