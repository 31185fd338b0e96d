using Graft.Kernels.Reduce;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SUM along axes; quantised values are rescaled to the output. Integers wrap.</summary>
internal sealed class Sum(bool keepDims) : ReduceOp(keepDims), IOp<Sum>
{
    public static OpSignature Signature => new(BuiltinOperator.Sum, 2, $"{NumberTypes.All}|bool i32 -> =0");

    public static Sum Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 when c.Kernels == KernelSet.Reference => new ReduceStep<PlainSumKernel, float, byte>(c, default),
        DType.Float32 when c.PlainFloats => new ReduceStep<OrderedSumKernel, float, byte>(c, default),
        DType.Bool => Reduction.Any(c),
        DType.Float16 => Reduction.Half<SumOf<float>>(c),
        DType.Int8 or DType.UInt8 or DType.Int16 => Reduction.Quantized<QuantizedSum>(c),
        _ => Reduction.Plain<Sums>(c),
    };
}
