using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator NumericVerify: the dequantised input 0 minus the float input 1. With <c>log_if_failed</c> and a tolerance of 0.1 or
/// more, a difference above tolerance times scale fails the run.
/// </summary>
internal sealed class NumericVerify(float tolerance) : IOp<NumericVerify>
{
    /// <summary>Smaller tolerances are not checked, as in the reference.</summary>
    private const double ToleranceMin = 0.1;

    public static OpSignature Signature => new("NumericVerify", "u8|i8|i16|f16 f32 -> f32");

    public static NumericVerify Read(in OperatorDef def)
    {
        var map = FlexBuffer.Root(def.CustomOptions);
        float tolerance = (float)map["tolerance"].Double();
        return new(map["log_if_failed"].Boolean() && tolerance >= ToleranceMin ? tolerance : float.PositiveInfinity);
    }

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).ElementCount == c.Shape(1).ElementCount, $"the inputs have shapes {c.Shape(0)} and {c.Shape(1)}");
        c.Require(c.Type(0) == DType.Float16 || c.Input(0).Quantization is { IsPerChannel: false }, "input 0 needs one scale and zero point");
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var (scale, zero) = (c.Input(0).Quantization?.Scale ?? 0, c.Input(0).Quantization?.ZeroPoint ?? 0);
        float limit = float.IsFinite(tolerance) ? tolerance * scale : tolerance;
        return c.Type(0) switch
        {
            DType.Float16 => new HalfStep(c.In(0), c.In(1), c.Out(0), limit),
            DType.Int16 => new Step<short>(c.In(0), c.In(1), c.Out(0), scale, zero, limit),
            DType.Int8 => new Step<sbyte>(c.In(0), c.In(1), c.Out(0), scale, zero, limit),
            _ => new Step<byte>(c.In(0), c.In(1), c.Out(0), scale, zero, limit),
        };
    }

    private static void Subtract(Span<float> values, ReadOnlySpan<float> wanted, float limit)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float difference = values[i] - wanted[i];
            if (Math.Abs(difference) > limit) StepFault.Raise($"element {i} is {values[i]:R}, {wanted[i]:R} was expected: they differ by more than {limit:R}");
            values[i] = difference;
        }
    }

    private sealed class Step<T>(Operand input, Operand wanted, Operand output, float scale, int zero, float limit) : IStep
        where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(in RunContext c)
        {
            var values = c.Write<float>(output);
            Affine.Dequantize(c.Read<T>(input), scale, zero, values);
            Subtract(values, c.Read<float>(wanted), limit);
        }
    }

    private sealed class HalfStep(Operand input, Operand wanted, Operand output, float limit) : IStep
    {
        public void Run(in RunContext c)
        {
            var halves = c.Read<Half>(input);
            var values = c.Write<float>(output);
            for (int i = 0; i < values.Length; i++) values[i] = (float)halves[i];
            Subtract(values, c.Read<float>(wanted), limit);
        }
    }
}
