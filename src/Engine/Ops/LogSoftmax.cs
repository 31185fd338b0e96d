using System.Numerics;
using Graft.Kernels.Reduce;
using Graft.Kernels.Reference;
using Graft.Ops.Pointwise;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LOG_SOFTMAX along the last axis. Quantised outputs have scale 16/256 and the type's greatest value as zero point.</summary>
internal sealed class LogSoftmax : RowOp, IOp<LogSoftmax>
{
    public static OpSignature Signature => new(BuiltinOperator.LogSoftmax, 2, "f32|i8|u8 -> =0");

    public static LogSoftmax Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32 && c.FloatKernels == KernelSet.Reference)
            return new RowStep<PlainFloats, float, float>(c, default, Cost.ScalarMath);
        if (c.Type(0) == DType.Float32) return new RowStep<Floats, float, float>(c, default, Cost.VectorMath * 2);
        float scale = TensorScale.Input(c, 0).Scale;
        var output = TensorScale.Output(c, 0);
        long zero = c.Type(0).IntegerRange().High;
        c.Require(output.Scale == 16f / 256 && output.ZeroPoint == zero,
            $"output needs scale {16f / 256} and zero point {zero}, it has {output.Scale:R} and {output.ZeroPoint}");
        c.Require(scale > 1f / (1 << 26), $"input scale is {scale:R}; more than 2^-26 is expected");
        var table = new LogSoftmax8(scale);
        return c.Type(0) == DType.Int8
            ? new RowStep<Tabulated<sbyte>, sbyte, sbyte>(c, new(table), Cost.Scalar)
            : new RowStep<Tabulated<byte>, byte, byte>(c, new(table), Cost.Scalar);
    }

    private readonly struct Floats : IRowKernel<float, float>
    {
        public static bool NeedsScratch => true;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output) =>
            Kernels.Reduce.Softmax.Log(input, length, scratch, output);
    }

    private readonly struct PlainFloats : IRowKernel<float, float>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output) =>
            PlainRows.LogSoftmax(input, length, output);
    }

    private readonly struct Tabulated<T>(LogSoftmax8 table) : IRowKernel<T, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<T> input, int length, Span<float> scratch, Span<T> output) => table.Run(input, length, output);
    }
}
