using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LESS_EQUAL: a &lt;= b.</summary>
internal sealed class LessEqual : BinaryOp, IOp<LessEqual>
{
    public static OpSignature Signature => new(BuiltinOperator.LessEqual, 2, $"{NumberTypes.All}|bf16 =0 -> bool");

    public static LessEqual Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Comparison.Step<IsLessOrEqual>(c);
}
