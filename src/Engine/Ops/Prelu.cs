using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// PRELU: x for x >= 0, otherwise slope * x; the slopes are input 1, broadcast to the shape of input 0. Of int16 slopes the first bytes are
/// taken, as int8, as in the reference.
/// </summary>
internal sealed class Prelu : BinaryOp, IOp<Prelu>
{
    public static OpSignature Signature => new(BuiltinOperator.Prelu, 1, "f32|f16|bf16|i8|u8|i16 =0 -> =0", "i16 i8 -> i16");

    public static Prelu Read(in OperatorDef def) => new();

    public override void Infer(in InferContext c)
    {
        base.Infer(c);
        var needed = BroadcastShape.ResultShape(c.Shape(0).Dimensions, c.Shape(1).Dimensions);
        c.Require(c.Shape(0) == new Shape(needed), $"slopes {c.Shape(1)} do not broadcast to the input's shape {c.Shape(0)}");
    }

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0).IsFloat()) return Broadcast.AnyFloat<Zip.Stateless<PreluFn, float>>(c, default);
        if (c.Type(0) == DType.Int16) return Broadcast.Wide<QuantizedPrelu, short, sbyte, short>(c, Function(c));
        var action = new Quantized(c);
        return NumberTypes.DispatchNarrow<Quantized, IStep>(c.Type(0), ref action);
    }

    private static QuantizedPrelu Function(in PrepareContext c) =>
        new(TensorScale.SymmetricInput(c, 0), TensorScale.Input(c, 1), TensorScale.SymmetricOutput(c, 0));

    private readonly struct Quantized(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Broadcast.Wide<QuantizedPrelu, T, T>(c, Function(c));
    }
}
