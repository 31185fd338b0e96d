using System.Numerics;

namespace Graft.Kernels.Fourier;

/// <summary>The two-dimensional transform of real values, (height, width) to (height, width / 2 + 1); both lengths are powers of two.</summary>
internal sealed class RealFft2D(int height, int width)
{
    private readonly Fft _columns = new(height);
    private readonly RealFft _rows = new(width);

    /// <summary>Complex values of working memory that a transform needs.</summary>
    public static long ScratchCount(int height, int width) => (long)height * (width / 2 + 1) + height;

    /// <summary>Input (any height, <paramref name="inputWidth"/>) is padded with zeros or cut; output is dense.</summary>
    public void Forward(ReadOnlySpan<float> input, int inputWidth, Span<Complex64> output, Span<Complex> scratch)
    {
        int length = _rows.SpectrumLength;
        var spectrum = scratch[..(height * length)];
        int rows = inputWidth == 0 ? 0 : Math.Min(height, input.Length / inputWidth);
        for (int y = 0; y < rows; y++) _rows.Forward(input.Slice(y * inputWidth, inputWidth), spectrum.Slice(y * length, length));
        spectrum[(rows * length)..].Clear();
        var column = scratch.Slice(spectrum.Length, height);
        for (int x = 0; x < length && height > 1; x++)
        {
            Gather(spectrum, x, length, column);
            _columns.Forward(column);
            Scatter(column, spectrum, x, length);
        }
        for (int i = 0; i < spectrum.Length; i++) output[i] = new((float)spectrum[i].Real, (float)spectrum[i].Imaginary);
    }

    /// <summary>The inverse, divided by the number of values. Input (any height, <paramref name="inputWidth"/>) is padded or cut.</summary>
    public void Inverse(ReadOnlySpan<Complex64> input, int inputWidth, Span<float> output, Span<Complex> scratch)
    {
        int length = _rows.SpectrumLength, rows = inputWidth == 0 ? 0 : Math.Min(height, input.Length / inputWidth);
        var spectrum = scratch[..(height * length)];
        spectrum.Clear();
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < Math.Min(length, inputWidth); x++) spectrum[y * length + x] = new(input[y * inputWidth + x].Real, input[y * inputWidth + x].Imaginary);
        }
        var column = scratch.Slice(spectrum.Length, height);
        for (int x = 0; x < length && height > 1; x++)
        {
            Gather(spectrum, x, length, column);
            _columns.Inverse(column);
            Scatter(column, spectrum, x, length);
        }
        double factor = 1.0 / ((double)height * width);
        for (int y = 0; y < height; y++) _rows.Inverse(spectrum.Slice(y * length, length), factor, output.Slice(y * width, width));
    }

    private static void Gather(ReadOnlySpan<Complex> matrix, int x, int length, Span<Complex> column)
    {
        for (int y = 0; y < column.Length; y++) column[y] = matrix[y * length + x];
    }

    private static void Scatter(ReadOnlySpan<Complex> column, Span<Complex> matrix, int x, int length)
    {
        for (int y = 0; y < column.Length; y++) matrix[y * length + x] = column[y];
    }
}
