using Graft.Kernels.Conv;
using Graft.Ops.Matrix;
using Graft.Ops.Transposed;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// TRANSPOSE_CONV: output shape (4), weights (outC, kH, kW, inC), data (batch, height, width, inC), bias (outC); output of the shape asked for.
/// </summary>
internal sealed class TransposeConv(TransposedWindow height, TransposedWindow width, ActivationFunctionType activation, bool narrowBias) : IOp<TransposeConv>
{
    private const int OutputShape = 0, Weights = 1, Data = 2, Bias = 3;

    public static OpSignature Signature => new(BuiltinOperator.TransposeConv, 5,
        "i32 f32 f32 f32? -> f32", "i32 i8 f32 f32? -> f32", "i32 u8 u8 i32? -> u8", "i32 i8 i8 i32? -> i8", "i32 i8 i16 i32|i64? -> i16");

    public static TransposeConv Read(in OperatorDef def)
    {
        var options = def.Options<TransposeConvOptionsView>();
        bool same = options.Padding == Padding.Same;
        TransposedWindow height = new(same, options.StrideH, 1), width = new(same, options.StrideW, 1);
        height.Check();
        width.Check();
        return new(height, width, FusedActivation.Check(options.FusedActivationFunction), options.QuantizedBiasType == TensorType.Int32);
    }

    public void Infer(in InferContext c)
    {
        Shape weights = c.Shape(Weights), data = c.Shape(Data);
        c.Require(weights.Rank == 4 && data.Rank == 4, $"data {data} and weights {weights} must have 4 dimensions");
        c.Require(weights.ElementCount > 0 && data[1] > 0 && data[2] > 0, $"data {data} or weights {weights} are empty");
        c.Require(data[3] == weights[3], $"data {data} do not fit weights {weights} in channels");
        c.Require(c.Shape(OutputShape).ElementCount == 4, $"the output shape has shape {c.Shape(OutputShape)}; 4 values are expected");
        if (!c.TryIntegers(OutputShape, out var output)) return;
        c.Require(output[0] == data[0] && output[3] == weights[0] && height.Fits(output[1], weights[1]) && width.Fits(output[2], weights[2]),
            $"output shape [{string.Join(",", output)}] does not fit data {data} and weights {weights}");
        c.SetOutput(0, output);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape weights = c.Shape(Weights), data = c.Shape(Data), output = c.OutputShape(0);
        if (c.Type(Data) == DType.Int16) c.Require((c.Input(Data).Quantization?.ZeroPoint ?? 0) == 0, "16-bit data need zero point 0");
        var geometry = new TransposedGeometry
        {
            Batch = data[0],
            InputChannels = data[3],
            OutputChannels = weights[0],
            Depth = TransposedAxis.Single,
            Height = height.Axis(data[1], output[1], weights[1]),
            Width = width.Axis(data[2], output[2], weights[2]),
            ChannelStride = weights[1] * weights[2] * weights[3],
            TapStride = weights[3],
        };
        return TransposedSteps.Prepare(c, geometry, new(Data, Weights, Bias), activation, narrowBias);
    }
}
