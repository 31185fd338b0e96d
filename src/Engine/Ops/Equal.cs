using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>EQUAL: a == b, also of strings.</summary>
internal sealed class Equal : BinaryOp, IOp<Equal>
{
    public static OpSignature Signature => new(BuiltinOperator.Equal, 5, $"{NumberTypes.All}|bf16|bool =0 -> bool", "str str -> bool");

    public static Equal Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) =>
        c.Type(0) == DType.String ? new StringEqualityStep(c, true) : Comparison.ScaledStep<IsEqual>(c);
}
