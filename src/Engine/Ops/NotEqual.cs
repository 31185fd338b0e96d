using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>NOT_EQUAL: a != b, also of strings.</summary>
internal sealed class NotEqual : BinaryOp, IOp<NotEqual>
{
    public static OpSignature Signature => new(BuiltinOperator.NotEqual, 4, $"{NumberTypes.All}|bf16|bool =0 -> bool", "str str -> bool");

    public static NotEqual Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) =>
        c.Type(0) == DType.String ? new StringEqualityStep(c, false) : Comparison.ScaledStep<IsNotEqual>(c);
}
