using Graft.Kernels.Conv;

namespace Graft.Ops.Matrix;

/// <summary>Lines and columns of zeros round an image.</summary>
internal readonly record struct ConvMargins(int Top, int Bottom, int Left, int Right);

/// <summary>Attributes of a 2-D convolution, and the geometry that they give for known shapes.</summary>
internal readonly record struct ConvAttributes(bool Same, int StrideY, int StrideX, int DilationY, int DilationX)
{
    /// <summary>What comes round every image before the padding of SAME or VALID.</summary>
    public ConvMargins Margins { get; init; }

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
        var (lines, columns) = Padded(input);
        c.Require((filterHeight - 1L) * DilationY < int.MaxValue / 2 && (filterWidth - 1L) * DilationX < int.MaxValue / 2
            && lines < int.MaxValue / 2 - StrideY && columns < int.MaxValue / 2 - StrideX, $"stride and dilation are too large for a {filterHeight}x{filterWidth} filter");
        int height = Window.Output(Same, (int)lines, filterHeight, StrideY, DilationY);
        int width = Window.Output(Same, (int)columns, filterWidth, StrideX, DilationX);
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
        PadY = Margins.Top + (Same ? Window.PadBefore((int)Padded(input).Lines, output[1], filterHeight, StrideY, DilationY) : 0),
        PadX = Margins.Left + (Same ? Window.PadBefore((int)Padded(input).Columns, output[2], filterWidth, StrideX, DilationX) : 0),
        GroupChannels = groupChannels,
    };

    private (long Lines, long Columns) Padded(Shape input) => ((long)input[1] + Margins.Top + Margins.Bottom, (long)input[2] + Margins.Left + Margins.Right);

    /// <summary>A plain matrix product of <paramref name="rows"/> rows, seen as a 1x1 convolution.</summary>
    public static ConvGeometry Product(int rows, int k, int columns) =>
        new ConvAttributes(false, 1, 1, 1, 1).Geometry(new Shape(rows, 1, 1, k), new Shape(rows, 1, 1, columns), 1, 1, k);
}
