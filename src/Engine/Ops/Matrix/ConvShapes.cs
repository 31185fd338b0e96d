using Graft.Kernels.Conv;

namespace Graft.Ops.Matrix;

/// <summary>Attributes of a 2-D convolution, and the geometry that they give for known shapes.</summary>
internal readonly record struct ConvAttributes(bool Same, int StrideY, int StrideX, int DilationY, int DilationX)
{
    public void Check()
    {
        if (StrideY < 1 || StrideX < 1 || DilationY < 1 || DilationX < 1)
        {
            throw new Errors.UnsupportedOptionException($"stride {StrideY}x{StrideX} and dilation {DilationY}x{DilationX} must be positive");
        }
    }

    /// <summary>Height and width of the output.</summary>
    public (int Height, int Width) Output(in InferContext c, Shape input, int filterHeight, int filterWidth)
    {
        c.Require(filterHeight > 0 && filterWidth > 0, $"filter {filterHeight}x{filterWidth} is empty");
        c.Require((filterHeight - 1L) * DilationY < int.MaxValue / 2 && (filterWidth - 1L) * DilationX < int.MaxValue / 2
            && input[1] < int.MaxValue / 2 - StrideY && input[2] < int.MaxValue / 2 - StrideX, $"stride and dilation are too large for a {filterHeight}x{filterWidth} filter");
        int height = Window.Output(Same, input[1], filterHeight, StrideY, DilationY);
        int width = Window.Output(Same, input[2], filterWidth, StrideX, DilationX);
        c.Require(height > 0 && width > 0, $"a {filterHeight}x{filterWidth} filter does not fit input {input}");
        return (height, width);
    }

    public ConvGeometry Geometry(Shape input, Shape output, int filterHeight, int filterWidth, int groupChannels) => new()
    {
        Batch = input[0],
        InputHeight = input[1],
        InputWidth = input[2],
        InputChannels = input[3],
        FilterHeight = filterHeight,
        FilterWidth = filterWidth,
        OutputHeight = output[1],
        OutputWidth = output[2],
        OutputChannels = output[3],
        StrideY = StrideY,
        StrideX = StrideX,
        DilationY = DilationY,
        DilationX = DilationX,
        PadY = Same ? Window.PadBefore(input[1], output[1], filterHeight, StrideY, DilationY) : 0,
        PadX = Same ? Window.PadBefore(input[2], output[2], filterWidth, StrideX, DilationX) : 0,
        GroupChannels = groupChannels,
    };

    /// <summary>A plain matrix product of <paramref name="rows"/> rows, seen as a 1x1 convolution.</summary>
    public static ConvGeometry Product(int rows, int k, int columns) =>
        new ConvAttributes(false, 1, 1, 1, 1).Geometry(new Shape(rows, 1, 1, k), new Shape(rows, 1, 1, columns), 1, 1, k);
}
