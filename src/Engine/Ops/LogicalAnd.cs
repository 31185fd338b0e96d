using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LOGICAL_AND of booleans.</summary>
internal sealed class LogicalAnd : BinaryOp, IOp<LogicalAnd>
{
    public static OpSignature Signature => new(BuiltinOperator.LogicalAnd, 1, "bool bool -> bool");

    public static LogicalAnd Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<BitAnd>(c);
}
