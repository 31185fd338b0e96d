using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LOGICAL_OR of booleans.</summary>
internal sealed class LogicalOr : BinaryOp, IOp<LogicalOr>
{
    public static OpSignature Signature => new(BuiltinOperator.LogicalOr, 1, "bool bool -> bool");

    public static LogicalOr Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<BitOr>(c);
}
