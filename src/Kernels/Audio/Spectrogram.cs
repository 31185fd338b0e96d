using System.Numerics;
using Graft.Kernels.Fourier;

namespace Graft.Kernels.Audio;

/// <summary>
/// Spectra of overlapping windows of a signal, each weighted by a periodic Hann window and padded with zeros to a power of two.
/// </summary>
internal sealed class Spectrogram
{
    private readonly double[] _window;
    private readonly RealFft _transform;

    /// <param name="window">At least two samples.</param>
    public Spectrogram(int window)
    {
        _window = new double[window];
        for (int i = 0; i < window; i++) _window[i] = 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / window);
        _transform = new RealFft((int)BitOperations.RoundUpToPowerOf2((uint)window));
    }

    /// <summary>Values of one spectrum, and the complex values of working memory that it needs.</summary>
    public int SpectrumLength => _transform.SpectrumLength;

    /// <summary>The squared magnitudes, or magnitudes, of the window that begins at a sample of one of interleaved channels.</summary>
    public void Compute(ReadOnlySpan<float> samples, int channels, bool isSquared, Span<float> output, Span<Complex> scratch)
    {
        scratch.Clear();
        for (int i = 0; i < _window.Length; i++)
        {
            double value = samples[i * channels] * _window[i];
            var pair = scratch[i / 2];
            scratch[i / 2] = i % 2 == 0 ? new(value, pair.Imaginary) : new(pair.Real, value);
        }
        _transform.Forward(scratch);
        for (int k = 0; k < output.Length; k++)
        {
            float power = (float)(scratch[k].Real * scratch[k].Real + scratch[k].Imaginary * scratch[k].Imaginary);
            output[k] = isSquared ? power : MathF.Sqrt(power);
        }
    }
}
