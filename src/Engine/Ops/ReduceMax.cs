using Graft.Kernels.Reduce;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REDUCE_MAX: the greatest value along axes; quantised values are compared as they are.</summary>
internal sealed class ReduceMax(bool keepDims) : ReduceOp(keepDims), IOp<ReduceMax>
{
    public static OpSignature Signature => new(BuiltinOperator.ReduceMax, 3, $"{NumberTypes.All}|bool i32 -> =0");

    public static ReduceMax Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Bool => Reduction.Any(c),
        DType.Float16 => Reduction.Half<MaximumOf<float>>(c),
        _ => Reduction.Plain<Maxima>(c),
    };
}
