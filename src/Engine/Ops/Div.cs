using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Matrix;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// DIV: a / b, clamped by the fused activation. Integers are cut towards zero; an integer or quantised zero divisor is an error. Quantised
/// types without scales give the 0 or 1 that the reference's fixed-point arithmetic makes of a factor that is no number.
/// </summary>
internal sealed class Div(ActivationFunctionType activation) : BinaryOp, IOp<Div>
{
    public static OpSignature Signature => new(BuiltinOperator.Div, 2, "f32|f16|i32|i8|u8|i16 =0 -> =0");

    public static Div Read(in OperatorDef def) =>
        new(FusedActivation.Check(def.Options<DivOptionsView>().FusedActivationFunction));

    public override IStep Prepare(in PrepareContext c)
    {
        var (low, high) = FusedActivation.Range(activation);
        if (c.Type(0) == DType.Float32) return Broadcast.Zip<ClampedFn<DivFn<float>, float>, float>(c, new(low, high));
        if (c.Type(0) == DType.Float16)
        {
            if (activation == ActivationFunctionType.None)
                return Broadcast.AnyFloat<Zip.Stateless<DivFn<float>, float>>(c, default);
            float largest = Kernels.HalfFormat.Largest;
            return Broadcast.AnyFloat<ClampedFn<DivFn<float>, float>>(
                c, new(Math.Max(low, -largest), Math.Min(high, largest)));
        }
        var range = FusedActivation.QuantizedRange(activation, c.Output(0).Type, c.Output(0).Quantization);
        if (c.Type(0) == DType.Int32)
        {
            return NonZero.Then(c, 0, Broadcast.Zip<ClampedFn<WordQuotient<CutToZero, int>, int>, int>(
                c, new(int.CreateSaturating(low), int.CreateSaturating(high))));
        }
        var action = new Quantized(c, range);
        return NumberTypes.DispatchNarrow<Quantized, IStep>(c.Type(0), ref action);
    }

    private readonly struct Quantized(PrepareContext c, (int Low, int High) range) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            AffineScale a = TensorScale.Input(c, 0, mayLack: true), b = TensorScale.Input(c, 1, mayLack: true);
            var output = TensorScale.Output(c, 0, mayLack: true);
            var step = Broadcast.Scalar<QuantizedDiv<T>, T, T>(c, new(a, b, output, range.Low, range.High));
            return NonZero.Then(c, T.CreateChecked(b.ZeroPoint), step);
        }
    }
}
