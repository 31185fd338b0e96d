using Graft.Kernels.Conv;
using Graft.Ops.Matrix;
using Graft.Ops.Transposed;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// CONV_3D_TRANSPOSE: output shape (5), weights (kD, kH, kW, outC, inC), data (batch, depth, height, width, inC), bias (outC).
/// </summary>
internal sealed class Conv3DTranspose(TransposedWindow depth, TransposedWindow height, TransposedWindow width, ActivationFunctionType activation)
    : IOp<Conv3DTranspose>
{
    private const int OutputShape = 0, Weights = 1, Data = 2, Bias = 3;

    public static OpSignature Signature => new(BuiltinOperator.Conv3DTranspose, 1, "i32 f32 f32 f32? -> f32");

    public static Conv3DTranspose Read(in OperatorDef def)
    {
        var options = def.Options<Conv3DOptionsView>();
        bool same = options.Padding == Padding.Same;
        TransposedWindow depth = new(same, options.StrideD, options.DilationDFactor), height = new(same, options.StrideH, options.DilationHFactor);
        TransposedWindow width = new(same, options.StrideW, options.DilationWFactor);
        depth.Check();
        height.Check();
        width.Check();
        return new(depth, height, width, FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        Shape weights = c.Shape(Weights), data = c.Shape(Data);
        c.Require(weights.Rank == 5 && data.Rank == 5, $"data {data} and weights {weights} must have 5 dimensions");
        c.Require(weights.ElementCount > 0 && data.Product(1, 4) > 0, $"data {data} or weights {weights} are empty");
        c.Require(data[4] == weights[4], $"data {data} do not fit weights {weights} in channels");
        c.Require(c.Shape(OutputShape).ElementCount == 5, $"the output shape has shape {c.Shape(OutputShape)}; 5 values are expected");
        if (!c.TryIntegers(OutputShape, out var output)) return;
        c.Require(output[0] == data[0] && output[4] == weights[3]
            && depth.Fits(output[1], weights[0]) && height.Fits(output[2], weights[1]) && width.Fits(output[3], weights[2]),
            $"output shape [{string.Join(",", output)}] does not fit data {data} and weights {weights}");
        c.SetOutput(0, output);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape weights = c.Shape(Weights), data = c.Shape(Data), output = c.OutputShape(0);
        var geometry = new TransposedGeometry
        {
            Batch = data[0],
            InputChannels = data[4],
            OutputChannels = weights[3],
            Depth = depth.Axis(data[1], output[1], weights[0]),
            Height = height.Axis(data[2], output[2], weights[1]),
            Width = width.Axis(data[3], output[3], weights[2]),
            ChannelStride = weights[4],
            TapStride = weights[3] * weights[4],
        };
        return TransposedSteps.Prepare(c, geometry, new(Data, Weights, Bias), activation);
    }
}
