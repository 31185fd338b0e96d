using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ARG_MIN: the index of the first least value along an axis; a NaN never wins over a number.</summary>
internal sealed class ArgMin() : ArgOp(findsMaximum: false), IOp<ArgMin>
{
    public static OpSignature Signature => new(BuiltinOperator.ArgMin, 3, Types);

    public static ArgMin Read(in OperatorDef def) => new();
}
