using Graft.Kernels.Conv;

namespace Graft.Ops.Transposed;

/// <summary>Two-dimensional transposed convolutions: data (batch, height, width, inC), weights (outC, kH, kW, inC).</summary>
internal static class TransposedPlane
{
    public static TransposedGeometry Geometry(Shape data, Shape weights, Shape output, TransposedWindow height, TransposedWindow width) => new()
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
}
