using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>CEIL: the smallest whole number not below x.</summary>
internal sealed class Ceil : UnaryOp, IOp<Ceil>
{
    public static OpSignature Signature => new(BuiltinOperator.Ceil, 1, "f32|f16|bf16 -> =0");

    public static Ceil Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.AnyFloat<CeilFn<float>>(c);
}
