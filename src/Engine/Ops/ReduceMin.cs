using Graft.Kernels.Reduce;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REDUCE_MIN: the least value along axes; quantised values are compared as they are.</summary>
internal sealed class ReduceMin(bool keepDims) : ReduceOp(keepDims), IOp<ReduceMin>
{
    public static OpSignature Signature => new(BuiltinOperator.ReduceMin, 3, $"{NumberTypes.All}|bool i32 -> =0");

    public static ReduceMin Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Bool => Reduction.All(c),
        DType.Float16 => Reduction.Half<MinimumOf<float>>(c),
        _ => Reduction.Plain<Minima>(c),
    };
}
