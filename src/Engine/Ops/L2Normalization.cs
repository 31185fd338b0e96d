using System.Numerics;
using Graft.Errors;
using Graft.Kernels.Reduce;
using Graft.Ops.Pointwise;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>L2_NORMALIZATION: rows along the last axis divided by their norm. Quantised outputs have scale 1/128.</summary>
internal sealed class L2Normalization : RowOp, IOp<L2Normalization>
{
    public static OpSignature Signature => new(BuiltinOperator.L2Normalization, 2, "f32|i8|u8 -> =0");

    public static L2Normalization Read(in OperatorDef def)
    {
        var activation = def.Options<L2NormOptionsView>().FusedActivationFunction;
        if (activation != ActivationFunctionType.None)
            throw new UnsupportedOptionException($"fused activation {activation} is not supported (supported: None)");
        return new();
    }

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32) return new RowStep<Floats, float, float>(c, default, Cost.VectorMath);
        int zeroInput = TensorScale.Input(c, 0).ZeroPoint;
        var output = TensorScale.Output(c, 0);
        int zero = c.Type(0) == DType.Int8 ? 0 : 128;
        c.Require(output.Scale == 1f / 128 && output.ZeroPoint == zero,
            $"output needs scale {1f / 128} and zero point {zero}, it has {output.Scale:R} and {output.ZeroPoint}");
        return c.Type(0) == DType.Int8
            ? new RowStep<Quantized<sbyte>, sbyte, sbyte>(c, new(zeroInput, zero), Cost.Scalar)
            : new RowStep<Quantized<byte>, byte, byte>(c, new(zeroInput, zero), Cost.Scalar);
    }

    private readonly struct Floats : IRowKernel<float, float>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output) =>
            L2Normalize.Rows(input, length, output);
    }

    private readonly struct Quantized<T>(int zeroInput, int zeroOutput) : IRowKernel<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<T> input, int length, Span<float> scratch, Span<T> output) =>
            L2Normalize.Rows(input, length, zeroInput, zeroOutput, output);
    }
}
