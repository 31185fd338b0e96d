using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LOGICAL_NOT of booleans.</summary>
internal sealed class LogicalNot : UnaryOp, IOp<LogicalNot>
{
    public static OpSignature Signature => new(BuiltinOperator.LogicalNot, 1, "bool -> bool");

    public static LogicalNot Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.Map<IsZeroFn<byte>, byte>(c);
}
