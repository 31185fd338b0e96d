using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>GREATER_EQUAL: a &gt;= b.</summary>
internal sealed class GreaterEqual : BinaryOp, IOp<GreaterEqual>
{
    public static OpSignature Signature => new(BuiltinOperator.GreaterEqual, 3, $"{NumberTypes.All}|bf16 =0 -> bool");

    public static GreaterEqual Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Comparison.Step<IsGreaterOrEqual>(c);
}
