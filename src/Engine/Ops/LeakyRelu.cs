using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LEAKY_RELU: x for x > 0, otherwise alpha * x.</summary>
internal sealed class LeakyRelu(float alpha) : UnaryOp, IOp<LeakyRelu>
{
    public static OpSignature Signature => new(BuiltinOperator.LeakyRelu, 2, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static LeakyRelu Read(in OperatorDef def) => new(def.Options<LeakyReluOptionsView>().Alpha);

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0).IsFloat()) return Flat.AnyFloat<LeakyReluFn>(c, new(alpha));
        c.Require(float.IsFinite(alpha), $"alpha is {alpha}; a finite number is expected");
        var action = new Quantized(c, alpha);
        return NumberTypes.DispatchNarrow<Quantized, IStep>(c.Type(0), ref action);
    }

    private readonly struct Quantized(PrepareContext c, float alpha) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Flat.Wide<QuantizedLeakyRelu, T, T>(c,
            new(TensorScale.SymmetricInput(c, 0, mayLack: true), TensorScale.SymmetricOutput(c, 0, mayLack: true), alpha));
    }
}
