namespace Graft.Kernels.Audio;

/// <summary>Mel-frequency cepstral coefficients: the first values of the cosine transform (DCT-II, orthogonal but for the first) of log bands.</summary>
internal sealed class CepstralCoefficients
{
    /// <summary>Bands below this count as this: the floor of the reference.</summary>
    private const double BandMin = 1e-12;

    private readonly MelFilterbank _filters;
    private readonly double[] _cosines;

    public CepstralCoefficients(MelFilterbank filters, int count)
    {
        _filters = filters;
        _cosines = new double[count * filters.Bands];
        double norm = Math.Sqrt(2.0 / filters.Bands), step = Math.PI / filters.Bands;
        for (int i = 0; i < _cosines.Length; i++)
        {
            int coefficient = i / filters.Bands, band = i % filters.Bands;
            _cosines[i] = norm * Math.Cos(coefficient * step * (band + 0.5));
        }
    }

    /// <param name="scratch">As many values as there are bands.</param>
    public void Compute(ReadOnlySpan<float> power, Span<float> output, Span<double> scratch)
    {
        _filters.Apply(power, scratch);
        foreach (ref double band in scratch) band = Math.Log(band < BandMin ? BandMin : band);
        for (int i = 0; i < output.Length; i++)
        {
            double sum = 0;
            var row = _cosines.AsSpan(i * scratch.Length, scratch.Length);
            for (int j = 0; j < row.Length; j++) sum += row[j] * scratch[j];
            output[i] = (float)sum;
        }
    }
}
