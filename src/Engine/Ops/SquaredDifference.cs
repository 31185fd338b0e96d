using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SQUARED_DIFFERENCE: (a - b)^2; float16 is rounded after each operation, as in the reference.</summary>
internal sealed class SquaredDifference : BinaryOp, IOp<SquaredDifference>
{
    public static OpSignature Signature => new(BuiltinOperator.SquaredDifference, 2, "f32|f16|bf16|f64|i32|u32|i64|u64|i8 =0 -> =0");

    public static SquaredDifference Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float16) return Broadcast.Stepwise<Arithmetic.For<SquareOfDifference, Half>, Half>(c);
        if (c.Type(0) != DType.Int8) return Arithmetic.Step<SquareOfDifference>(c);
        AffineScale a = TensorScale.Input(c, 0), b = TensorScale.Input(c, 1), output = TensorScale.Output(c, 0);
        const int leftShift = Rescaled<Kernels.Quant.SquaredDifference>.ShiftSquared;
        c.Require(Math.Pow(2.0 * Math.Max(a.Scale, b.Scale), 2) / (1 << 2 * leftShift) < output.Scale,
            $"output scale {output.Scale:R} is too small for input scales {a.Scale:R} and {b.Scale:R}");
        return Broadcast.Wide<Rescaled<Kernels.Quant.SquaredDifference>, sbyte, sbyte>(c,
            new(a, b, output, leftShift, sbyte.MinValue, sbyte.MaxValue));
    }
}
