namespace Graft.Kernels.Conv;

/// <summary>The filter taps of one output position that lie inside the image: rows [Top, Bottom), columns [Left, Right).</summary>
internal readonly struct Taps
{
    public Taps(in ConvGeometry g, int position)
    {
        int x = position % g.OutputWidth, y = position / g.OutputWidth % g.OutputHeight, image = position / (g.OutputWidth * g.OutputHeight);
        int top = y * g.StrideY - g.PadY, left = x * g.StrideX - g.PadX;
        (Top, Bottom) = Inside(top, g.DilationY, g.FilterHeight, g.InputHeight);
        (Left, Right) = Inside(left, g.DilationX, g.FilterWidth, g.InputWidth);
        Start = ((image * g.InputHeight + top) * g.InputWidth + left) * g.InputChannels;
    }

    public int Top { get; }
    public int Bottom { get; }
    public int Left { get; }
    public int Right { get; }

    /// <summary>Index of the element under tap (0, 0), which may lie outside the image.</summary>
    public int Start { get; }

    private static (int Begin, int End) Inside(int origin, int dilation, int taps, int size)
    {
        int begin = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
        int end = origin >= size ? 0 : Math.Min(taps, (size - origin + dilation - 1) / dilation);
        return (begin, Math.Max(begin, end));
    }
}
