using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ABS: |x|. Quantised values are rescaled to the output; integers without scales are plain, and wrap.</summary>
internal sealed class Abs : UnaryOp, IOp<Abs>
{
    public static OpSignature Signature => new(BuiltinOperator.Abs, 5, "f32|f16|bf16|f64|i64|i32|i16|i8 -> =0");

    public static Abs Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        bool isQuantized = c.Type(0) is DType.Int8 or DType.Int16 && c.Input(0).Quantization is not null;
        if (!isQuantized) return NumberFunction.Step<Function>(c);
        var fn = new QuantizedAbs(TensorScale.SymmetricInput(c, 0), TensorScale.SymmetricOutput(c, 0));
        return c.Type(0) == DType.Int8 ? Flat.Wide<QuantizedAbs, sbyte, sbyte>(c, fn) : Flat.Wide<QuantizedAbs, short, short>(c, fn);
    }

    private readonly struct Function : INumberFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V, T>(V x) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
            AbsFn<T>.Apply(x);
    }
}
