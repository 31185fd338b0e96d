namespace Graft.Kernels.Conv;

/// <summary>Output size and padding of a sliding window along one axis, for the SAME and VALID rules of TensorFlow.</summary>
internal static class Window
{
    /// <summary>Positions of the window; 0 or less when it does not fit.</summary>
    public static int Output(bool same, int input, int filter, int stride, int dilation)
    {
        int extent = Extent(filter, dilation);
        return same ? (input + stride - 1) / stride : (input + stride - extent) / stride;
    }

    /// <summary>Padding before element 0; when the total is odd, one more follows the last element.</summary>
    public static int PadBefore(int input, int output, int filter, int stride, int dilation) =>
        Math.Max((output - 1) * stride + Extent(filter, dilation) - input, 0) / 2;

    private static int Extent(int filter, int dilation) => (filter - 1) * dilation + 1;
}
