using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LOG: the natural logarithm. Quantised values that are not positive give the least output.</summary>
internal sealed class Log : UnaryOp, IOp<Log>
{
    public static OpSignature Signature => new(BuiltinOperator.Log, 2, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Log Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0).IsFloat()) return Flat.Real<Kernels.Maths.Log>(c);
        var output = TensorScale.Output(c, 0);
        float least = (c.Type(0).IntegerRange().Low - output.ZeroPoint) * output.Scale;
        return RealFunction.Step<Kernels.Maths.Log>(c, x => x > 0 ? MathF.Log(x) : least);
    }
}
