using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MEAN along axes; integers are cut towards zero, quantised values rescaled to the output.</summary>
internal sealed class Mean(bool keepDims) : ReduceOp(keepDims), IOp<Mean>
{
    public static OpSignature Signature => new(BuiltinOperator.Mean, 3, "f32|f16|i32|i64|i8|u8|i16 i32 -> =0");

    public static Mean Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 when c.Kernels == KernelSet.Reference => new ReduceStep<PlainMeanKernel, float, byte>(c, default),
        DType.Float32 when c.PlainFloats => new ReduceStep<OrderedMeanKernel, float, byte>(c, default),
        DType.Float32 => new ReduceStep<MeanKernel, float, byte>(c, default),
        DType.Float16 => new HalfReduceStep<MeanKernel>(c, default),
        DType.Int32 => new ReduceStep<MeanKernel, int, long>(c, default),
        DType.Int64 => new ReduceStep<MeanKernel, long, byte>(c, default),
        _ => Reduction.Quantized<QuantizedMean>(c),
    };
}
