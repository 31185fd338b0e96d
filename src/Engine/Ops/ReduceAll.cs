using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REDUCE_ALL: whether all values along axes are true.</summary>
internal sealed class ReduceAll(bool keepDims) : ReduceOp(keepDims), IOp<ReduceAll>
{
    public static OpSignature Signature => new(BuiltinOperator.ReduceAll, 1, "bool i32 -> =0");

    public static ReduceAll Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c) => Reduction.All(c);
}
