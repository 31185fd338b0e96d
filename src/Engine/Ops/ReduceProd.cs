using Graft.Kernels.Reduce;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REDUCE_PROD along axes; int8 and int16 with scales are rescaled step by step. Integers wrap.</summary>
internal sealed class ReduceProd(bool keepDims) : ReduceOp(keepDims), IOp<ReduceProd>
{
    public static OpSignature Signature => new(BuiltinOperator.ReduceProd, 2, $"{NumberTypes.All}|bool i32 -> =0");

    public static ReduceProd Read(in OperatorDef def) => new(def.Options<ReducerOptionsView>().KeepDims);

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Bool) return Reduction.All(c);
        if (c.Type(0) == DType.Float16) return Reduction.Half<ProductOf<float>>(c);
        bool isQuantized = c.Type(0) is DType.Int8 or DType.Int16 && c.Input(0).Quantization is not null;
        return isQuantized ? Reduction.Quantized<QuantizedProduct>(c) : Reduction.Plain<Products>(c);
    }
}
