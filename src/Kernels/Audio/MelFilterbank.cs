namespace Graft.Kernels.Audio;

/// <summary>
/// Triangular filters, equally spaced on the mel scale 1127 ln(1 + f / 700), over the bins of a spectrum: each bin belongs to the falling
/// side of one band and the rising side of the next. The bin of frequency 0 is left out, as HTK does.
/// </summary>
internal sealed class MelFilterbank
{
    private readonly int[] _bands;
    private readonly double[] _weights;
    private readonly int _first, _last;

    public MelFilterbank(int bins, double sampleRate, int bands, double lowest, double highest)
    {
        Bands = bands;
        double low = Mel(lowest), spacing = (Mel(highest) - low) / (bands + 1), width = 0.5 * sampleRate / (bins - 1);
        var centers = new double[bands + 1];
        for (int i = 0; i < centers.Length; i++) centers[i] = low + spacing * (i + 1);
        _first = (int)(1.5 + lowest / width);
        _last = (int)Math.Min(highest / width, int.MaxValue - 1);
        _bands = new int[bins];
        _weights = new double[bins];
        int band = 0;
        for (int i = _first; i <= _last && i < bins; i++)
        {
            double mel = Mel(i * width);
            while (band < bands && centers[band] < mel) band++;
            int left = band - 1;
            _bands[i] = left;
            _weights[i] = left >= 0
                ? (centers[left + 1] - mel) / (centers[left + 1] - centers[left])
                : (centers[0] - mel) / (centers[0] - low);
        }
    }

    public int Bands { get; }

    /// <summary>True when the spectrum reaches the highest frequency.</summary>
    public bool Covers => _last < _bands.Length;

    /// <summary>Sums the square roots of a power spectrum under each filter.</summary>
    public void Apply(ReadOnlySpan<float> power, Span<double> bands)
    {
        bands.Clear();
        for (int i = _first; i <= _last; i++)
        {
            double magnitude = Math.Sqrt(power[i]), falling = magnitude * _weights[i];
            int band = _bands[i];
            if (band >= 0) bands[band] += falling;
            if (band + 1 < bands.Length) bands[band + 1] += magnitude - falling;
        }
    }

    private static double Mel(double frequency) => 1127 * double.LogP1(frequency / 700);
}
