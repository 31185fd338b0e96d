using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>GELU: x times the normal distribution function of x, or its approximation by tanh.</summary>
internal sealed class Gelu(bool approximate) : UnaryOp, IOp<Gelu>
{
    public static OpSignature Signature => new(BuiltinOperator.Gelu, 3, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Gelu Read(in OperatorDef def) => new(def.Options<GeluOptionsView>().Approximate);

    public override IStep Prepare(in PrepareContext c) => (c.Type(0), approximate) switch
    {
        (DType.Float16, _) => Flat.Scalar<Kernels.Maths.GeluHalf, Half, Half>(c, new(approximate), Cost.ScalarMath),
        (_, true) => RealFunction.Step<Kernels.Maths.GeluTanh>(c),
        _ => RealFunction.Step<Kernels.Maths.Gelu>(c),
    };
}
