using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RSQRT: 1 / sqrt(x). Quantised zero gives the greatest output, negative quantised values are an error.</summary>
internal sealed class Rsqrt : UnaryOp, IOp<Rsqrt>
{
    public static OpSignature Signature => new(BuiltinOperator.Rsqrt, 3, "f32|f16|bf16|i8|i16 -> =0");

    public static Rsqrt Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0).IsFloat()) return Flat.Real<Kernels.Maths.Rsqrt>(c);
        AffineScale input = TensorScale.SymmetricInput(c, 0), output = TensorScale.SymmetricOutput(c, 0);
        if (c.Type(0) == DType.Int16)
        {
            float greatest = short.MaxValue * output.Scale;
            return NonNegative.Then<short>(c, ShortTable.Real(c, x => x > 0 ? 1f / MathF.Sqrt(x) : greatest));
        }
        var fn = new QuantizedRsqrt(input, output);
        return NonNegative.Then<sbyte>(c, ByteTable.Integer(c, q => q < input.ZeroPoint ? sbyte.MinValue : fn.Apply(q)));
    }
}
