namespace Graft.Kernels.Conv;

/// <summary>
/// Sizes of a 2-D convolution in NHWC: input (batch, inputHeight, inputWidth, inputChannels), filter (filterHeight, filterWidth), output
/// (batch, outputHeight, outputWidth, outputChannels); padding is what precedes row and column 0.
/// </summary>
internal readonly record struct ConvGeometry
{
    public required int Batch { get; init; }
    public required int InputHeight { get; init; }
    public required int InputWidth { get; init; }
    public required int InputChannels { get; init; }
    public required int FilterHeight { get; init; }
    public required int FilterWidth { get; init; }
    public required int OutputHeight { get; init; }
    public required int OutputWidth { get; init; }
    public required int OutputChannels { get; init; }
    public required int StrideY { get; init; }
    public required int StrideX { get; init; }
    public required int DilationY { get; init; }
    public required int DilationX { get; init; }
    public required int PadY { get; init; }
    public required int PadX { get; init; }

    /// <summary>Input channels that one output channel sees.</summary>
    public required int GroupChannels { get; init; }

    public int Groups => InputChannels / GroupChannels;

    /// <summary>Factors of one output element.</summary>
    public int K => FilterHeight * FilterWidth * GroupChannels;

    /// <summary>Output positions over all images: rows of the matrix product.</summary>
    public int Rows => Batch * OutputHeight * OutputWidth;

    /// <summary>True when the input itself is the left matrix: 1x1 filter, no stride, no padding, one group.</summary>
    public bool IsPointwise => FilterHeight == 1 && FilterWidth == 1 && StrideY == 1 && StrideX == 1 && PadY == 0 && PadX == 0 && Groups == 1
        && OutputHeight == InputHeight && OutputWidth == InputWidth;

    /// <summary>
    /// The same convolution with height and width exchanged where images and filter are one column wide, which has the same elements in the same
    /// order: kernels work along rows.
    /// </summary>
    public ConvGeometry AlongRows() => InputWidth > 1 || FilterWidth > 1 || OutputWidth > 1 || PadX != 0
        ? this
        : this with
        {
            InputHeight = 1,
            InputWidth = InputHeight,
            FilterHeight = 1,
            FilterWidth = FilterHeight,
            OutputHeight = 1,
            OutputWidth = OutputHeight,
            StrideY = StrideX,
            StrideX = StrideY,
            DilationY = DilationX,
            DilationX = DilationY,
            PadY = 0,
            PadX = PadY,
        };
}
