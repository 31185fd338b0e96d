using System.Numerics;

namespace Graft.Kernels.Fourier;

/// <summary>
/// The transform between length real values, a power of two, and the length / 2 + 1 values of their spectrum that do not follow from the
/// others: done as a complex transform of half the length, of pairs.
/// </summary>
internal sealed class RealFft
{
    private readonly Fft? _half;
    private readonly Complex[] _roots;

    public RealFft(int length)
    {
        Length = length;
        _half = length > 1 ? new Fft(length / 2) : null;
        _roots = new Complex[length / 2 + 1];
        for (int k = 0; k < _roots.Length; k++) _roots[k] = Fft.Root(k, length);
    }

    public int Length { get; }

    public int SpectrumLength => Length / 2 + 1;

    /// <summary>Spectrum of the values, which are padded with zeros or cut to the length.</summary>
    public void Forward(ReadOnlySpan<float> values, Span<Complex> spectrum)
    {
        values = values[..Math.Min(values.Length, Length)];
        for (int k = 0; k < (Length + 1) / 2; k++) spectrum[k] = new(At(values, 2 * k), At(values, 2 * k + 1));
        Forward(spectrum);
    }

    /// <summary>Replaces the values, packed in pairs as real and imaginary parts, by their spectrum.</summary>
    public void Forward(Span<Complex> spectrum)
    {
        if (_half is null) return;
        int half = Length / 2;
        _half.Forward(spectrum[..half]);
        spectrum[half] = spectrum[0];
        for (int k = 0; k <= half / 2; k++)
        {
            var (a, b) = (spectrum[k], Complex.Conjugate(spectrum[half - k]));
            var (even, odd) = ((a + b) / 2, (a - b) / new Complex(0, 2) * _roots[k]);
            spectrum[k] = even + odd;
            spectrum[half - k] = Complex.Conjugate(even - odd);
        }
    }

    /// <summary>
    /// Values times <see cref="Length"/> from a spectrum, which is overwritten. The imaginary parts of its first and, from length 2, last
    /// value are taken as zero.
    /// </summary>
    public void Inverse(Span<Complex> spectrum, double factor, Span<float> values)
    {
        if (_half is null)
        {
            values[0] = (float)(spectrum[0].Real * factor);
            return;
        }
        int half = Length / 2;
        (spectrum[0], spectrum[half]) = (spectrum[0].Real, spectrum[half].Real);
        for (int k = 0; k <= half / 2; k++)
        {
            var (a, b) = (spectrum[k], Complex.Conjugate(spectrum[half - k]));
            var (even, odd) = (a + b, (a - b) * Complex.Conjugate(_roots[k]) * Complex.ImaginaryOne);
            spectrum[k] = even + odd;
            spectrum[half - k] = Complex.Conjugate(even - odd);
        }
        _half.Inverse(spectrum[..half]);
        for (int k = 0; k < half; k++)
        {
            values[2 * k] = (float)(spectrum[k].Real * factor);
            values[2 * k + 1] = (float)(spectrum[k].Imaginary * factor);
        }
    }

    private static float At(ReadOnlySpan<float> values, int i) => i < values.Length ? values[i] : 0;
}
