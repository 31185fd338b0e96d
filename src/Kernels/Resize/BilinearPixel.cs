namespace Graft.Kernels.Resize;

/// <summary>A pixel between the pixels of an image.</summary>
internal static class BilinearPixel
{
    /// <summary>
    /// The four pixels around (x, y) of an image (height, width, channels), weighted by their nearness; those outside are zeros. The
    /// coordinates are finite.
    /// </summary>
    public static void Sample(ReadOnlySpan<float> image, int height, int width, int channels, float x, float y, Span<float> output)
    {
        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        float right = x - left, lower = y - top;
        output = output[..channels];
        output.Clear();
        Add(image, height, width, left, top, (1 - right) * (1 - lower), output);
        Add(image, height, width, left + 1, top, right * (1 - lower), output);
        Add(image, height, width, left, top + 1, (1 - right) * lower, output);
        Add(image, height, width, left + 1, top + 1, right * lower, output);
    }

    private static void Add(ReadOnlySpan<float> image, int height, int width, int x, int y, float weight, Span<float> output)
    {
        if ((uint)x >= (uint)width || (uint)y >= (uint)height) return;
        Embedding.WeightedRows.Add(image.Slice((y * width + x) * output.Length, output.Length), weight, output);
    }
}
