using Graft.Kernels.Conv;
using Graft.Ops.Matrix;
using Graft.Schema;

namespace Graft.Ops.Pooling;

/// <summary>Attributes and shapes of the three 2-D poolings.</summary>
internal sealed class Pool2D(ConvAttributes window, int filterHeight, int filterWidth, ActivationFunctionType activation)
{
    public ActivationFunctionType Activation => activation;

    public static Pool2D Read(in OperatorDef def)
    {
        var options = def.Options<Pool2DOptionsView>();
        var window = new ConvAttributes(options.Padding == Padding.Same, options.StrideH, options.StrideW, 1, 1);
        window.Check();
        return new(window, options.FilterHeight, options.FilterWidth, FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 4, $"input {input} must have 4 dimensions: batch, height, width, channels");
        var (height, width) = window.Output(c, input, filterHeight, filterWidth);
        c.SetOutput(0, input[0], height, width, input[3]);
    }

    /// <summary>The image as a volume of depth 1.</summary>
    public VolumeGeometry Geometry(in PrepareContext c)
    {
        var g = window.Geometry(c.Shape(0), c.OutputShape(0), filterHeight, filterWidth, c.Shape(0)[3]);
        return new()
        {
            Batch = g.Batch,
            InputChannels = g.InputChannels,
            OutputChannels = g.OutputChannels,
            Depth = VolumeAxis.Single,
            Height = new(g.InputHeight, g.OutputHeight, g.FilterHeight, g.StrideY, 1, g.PadY),
            Width = new(g.InputWidth, g.OutputWidth, g.FilterWidth, g.StrideX, 1, g.PadX),
        };
    }
}
