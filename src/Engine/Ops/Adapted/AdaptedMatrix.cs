using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Ops.Matrix;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops.Adapted;

/// <summary>Makes the step of a matrix node with a slot: input 0, weights 1, bias 2, output 0.</summary>
internal static class AdaptedMatrix
{
    /// <summary>A node with float outputs; <paramref name="linear"/> writes W x + b to them.</summary>
    public static IStep Float(in PrepareContext c, in ConvGeometry geometry, IStep plain, IStep linear, (float Min, float Max) range)
    {
        var (all, own) = Geometries(geometry);
        var blocks = new DeltaBlocks(all, Layout(c, all), new FloatPatchRows(all, c.In(0)), own is { } g ? new FloatPatchRows(g, c.In(0)) : null, ResidualRows(c, geometry),
            new FloatRows(geometry.OutputChannels, c.Out(0), range));
        return new AdaptedStep(c.Node.Slot, plain, linear, blocks, SequenceLength(c, geometry));
    }

    /// <summary>A quantised node; <paramref name="makeLinear"/> makes the step that ends in a given epilogue.</summary>
    public static IStep Quantized<TIn, TOut>(in PrepareContext c, in ConvGeometry geometry, IStep plain, ActivationFunctionType activation, bool isWide,
        Func<IIntEpilogue, IStep> makeLinear)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        var (all, own) = Geometries(geometry);
        var (input, output) = (c.Input(0).Quantization!, c.Output(0).Quantization!);
        int channels = geometry.OutputChannels;
        var sums = c.ScratchShared((long)geometry.Rows * channels * sizeof(float));
        double[] scales = [.. MatrixScales.Weights(c, channels).Select(w => (double)input.Scale * w)];
        var linear = makeLinear(new FloatSums(c.In(2), c.HasInput(2) && c.Type(2) == DType.Int64, isWide, scales, sums));
        var range = FusedActivation.QuantizedRange(activation, c.Output(0).Type, output);
        var zeroPoint = TIn.CreateTruncating(input.ZeroPoint);
        var blocks = new DeltaBlocks(all, Layout(c, all), new QuantizedPatchRows<TIn>(all, c.In(0), input.Scale, zeroPoint),
            own is { } g ? new QuantizedPatchRows<TIn>(g, c.In(0), input.Scale, zeroPoint) : null, ResidualRows(c, geometry),
            new QuantizedRowsOut<TOut>(channels, sums, c.Out(0), output.Scale, output.ZeroPoint, range));
        return new AdaptedStep(c.Node.Slot, plain, linear, blocks, SequenceLength(c, geometry));
    }

    /// <summary>A plain product, whose rows are where they are said to be; what is added behind it may have its rows elsewhere.</summary>
    public static IStep Of(in PrepareContext c, in ConvGeometry geometry, IStep plain, IStep linear, RowLayout layout, PatchRows input, LinearRows output, bool hasResidual) =>
        new AdaptedStep(c.Node.Slot, plain, linear, new DeltaBlocks(geometry, layout, input, null, hasResidual ? ResidualRows(c, geometry) : null, output), SequenceLength(c, geometry));

    private static RowLayout Layout(in PrepareContext c, in ConvGeometry geometry) =>
        Sequences.Rows(c, c.OutputShape(0).Dimensions[..^1], mixesPositions: geometry.FilterHeight > 1 || geometry.FilterWidth > 1);

    /// <summary>Rows of a sequence, or 0.</summary>
    private static int SequenceLength(in PrepareContext c, in ConvGeometry geometry)
    {
        var context = c;
        int count = Sequences.Count(c.Subgraph, t => context.ShapeOf(t));
        return count > 0 && geometry.Rows % count == 0 ? geometry.Rows / count : 0;
    }

    /// <summary>What is added behind the node, where it has rows like those of the node.</summary>
    private static PatchRows? ResidualRows(in PrepareContext c, in ConvGeometry geometry)
    {
        if (!geometry.IsPointwise || Residual.Find(c.Subgraph, c.Node) is not { Tensor: var tensor } || c.ShapeOf(tensor) is not { Rank: > 0 } shape) return null;
        if (shape[^1] != geometry.OutputChannels || shape.ElementCount != (long)geometry.Rows * geometry.OutputChannels) return null;
        var rows = geometry with { InputChannels = geometry.OutputChannels, GroupChannels = geometry.OutputChannels };
        return PatchRows.Of(c.Subgraph.Tensors[tensor], rows, new Operand(tensor));
    }

    /// <summary>Patches over all channels, and those of an undilated convolution where that has as many outputs.</summary>
    private static (ConvGeometry All, ConvGeometry? Own) Geometries(in ConvGeometry geometry)
    {
        var all = geometry with { GroupChannels = geometry.InputChannels };
        bool isDilated = geometry.DilationY > 1 && geometry.FilterHeight > 1 || geometry.DilationX > 1 && geometry.FilterWidth > 1;
        return (all, isDilated ? null : all with { DilationY = 1, DilationX = 1 });
    }
}
