using System.Buffers.Binary;
using Graft.Errors;
using Graft.Kernels.Conv;
using Graft.Ops.Transposed;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// Custom operator of MediaPipe's models: data (batch, height, width, inC), weights (outC, kH, kW, inC), bias (outC). The output is the input
/// times the stride with SAME padding, and as large as the filters reach with VALID.
/// </summary>
internal sealed class Convolution2DTransposeBias(TransposedWindow height, TransposedWindow width) : IOp<Convolution2DTransposeBias>
{
    private const int Data = 0, Weights = 1, Bias = 2;

    /// <summary>The options are int32 fields: padding (1 same, 2 valid), stride along the width, stride along the height.</summary>
    private const int OptionBytes = 12, PaddingSame = 1, PaddingValid = 2;

    public static OpSignature Signature => new("Convolution2DTransposeBias", "f32 f32 f32? -> f32");

    public static Convolution2DTransposeBias Read(in OperatorDef def)
    {
        var options = def.CustomOptions;
        if (options.Length < OptionBytes) throw new UnsupportedOptionException($"{options.Length} bytes of options; at least {OptionBytes} are expected");
        int padding = BinaryPrimitives.ReadInt32LittleEndian(options);
        if (padding is not (PaddingSame or PaddingValid)) throw new UnsupportedOptionException($"padding {padding} is not supported (supported: 1 same, 2 valid)");
        bool same = padding == PaddingSame;
        TransposedWindow width = new(same, BinaryPrimitives.ReadInt32LittleEndian(options[4..]), 1);
        TransposedWindow height = new(same, BinaryPrimitives.ReadInt32LittleEndian(options[8..]), 1);
        width.Check();
        height.Check();
        return new(height, width);
    }

    public void Infer(in InferContext c)
    {
        Shape weights = c.Shape(Weights), data = c.Shape(Data);
        c.Require(weights.Rank == 4 && data.Rank == 4, $"data {data} and weights {weights} must have 4 dimensions");
        c.Require(weights.ElementCount > 0 && data[1] > 0 && data[2] > 0, $"data {data} or weights {weights} are empty");
        c.Require(data[3] == weights[3], $"data {data} do not fit weights {weights} in channels");
        long rows = Length(height, data[1], weights[1]), columns = Length(width, data[2], weights[2]);
        c.Require(rows <= int.MaxValue && columns <= int.MaxValue && height.Fits((int)rows, weights[1]) && width.Fits((int)columns, weights[2]), $"the output would have {rows} rows and {columns} columns");
        c.SetOutput(0, data[0], (int)rows, (int)columns, weights[0]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape weights = c.Shape(Weights), data = c.Shape(Data), output = c.OutputShape(0);
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
        return TransposedSteps.Prepare(c, geometry, new(Data, Weights, Bias), ActivationFunctionType.None);
    }

    private static long Length(TransposedWindow window, int input, int filter) =>
        window.Same ? (long)input * window.Stride : (input - 1L) * window.Stride + filter;
}
