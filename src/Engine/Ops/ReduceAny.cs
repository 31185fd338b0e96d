using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REDUCE_ANY: whether any value along axes is true.</summary>
internal sealed class ReduceAny(bool keepDims) : ReduceOp(keepDims), IOp<ReduceAny>
{
    public static OpSignature Signature => new(BuiltinOperator.ReduceAny, 1, "bool i32 -> =0");

    public static ReduceAny Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c) => Reduction.Any(c);
}
