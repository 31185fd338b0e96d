using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SIN of an angle in radians.</summary>
internal sealed class Sin : UnaryOp, IOp<Sin>
{
    public static OpSignature Signature => new(BuiltinOperator.Sin, 2, "f32|f16|bf16 -> =0");

    public static Sin Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.Real<Kernels.Maths.Sin>(c);
}
