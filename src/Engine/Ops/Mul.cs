using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Matrix;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MUL: a * b, clamped by the fused activation.</summary>
internal sealed class Mul(ActivationFunctionType activation) : BinaryOp, IOp<Mul>
{
    public static OpSignature Signature => new(BuiltinOperator.Mul, 8,
        $"{NumberTypes.All}|bf16|c64 =0 -> =0", "i16 i16 -> i8|u8");

    public static Mul Read(in OperatorDef def) => new(FusedActivation.Check(def.Options<MulOptionsView>().FusedActivationFunction));

    /// <summary>Whether the product is the result, without an activation.</summary>
    public bool IsPlain => activation == ActivationFunctionType.None;

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Complex64)
        {
            c.Require(activation == ActivationFunctionType.None, "complex64 takes no fused activation");
            return Broadcast.Scalar<ComplexProduct, Complex64, Complex64>(c, default);
        }
        var range = FusedActivation.QuantizedRange(activation, c.Output(0).Type, c.Output(0).Quantization);
        if (c.Type(0) != c.Output(0).Type) return Narrowing(c, range);
        bool isQuantized = c.Type(0) is DType.Int8 or DType.UInt8
            || (c.Type(0) == DType.Int16 && c.Output(0).Quantization is not null);
        if (!isQuantized) return Arithmetic.Step<Times>(c, activation);
        var action = new Quantized(c, range);
        return NumberTypes.DispatchNarrow<Quantized, IStep>(c.Type(0), ref action);
    }

    private static IStep Narrowing(in PrepareContext c, (int Low, int High) range)
    {
        var kernel = new QuantizedMul16To8(TensorScale.Output(c, 0).ZeroPoint, range.Low, range.High);
        return c.Output(0).Type == DType.Int8
            ? Broadcast.Wide<QuantizedMul16To8, short, sbyte>(c, kernel)
            : Broadcast.Wide<QuantizedMul16To8, short, byte>(c, kernel);
    }

    private readonly struct Quantized(PrepareContext c, (int Low, int High) range) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            AffineScale a = TensorScale.SymmetricInput(c, 0, mayLack: true), b = TensorScale.SymmetricInput(c, 1, mayLack: true);
            var output = TensorScale.SymmetricOutput(c, 0, mayLack: true);
            return Broadcast.Wide<QuantizedMul, T, T>(c, new(a, b, output, range.Low, range.High));
        }
    }

    private readonly struct ComplexProduct : IScalarFn<Complex64, Complex64>
    {
        public Complex64 Apply(Complex64 a, Complex64 b) => a * b;
    }
}
