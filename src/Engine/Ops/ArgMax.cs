using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ARG_MAX: the index of the first greatest value along an axis; a NaN never wins over a number.</summary>
internal sealed class ArgMax() : ArgOp(findsMaximum: true), IOp<ArgMax>
{
    public static OpSignature Signature => new(BuiltinOperator.ArgMax, 3, Types);

    public static ArgMax Read(in OperatorDef def) => new();
}
