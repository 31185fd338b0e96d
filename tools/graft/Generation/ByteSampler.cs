namespace Graft.Cli.Generation;

/// <summary>
/// Chooses the next byte from a model's scores. At temperature 0 it is the one with the highest score, the smallest of equal ones; otherwise byte i has the probability
/// exp(score_i / temperature) / sum, among the <c>topK</c> with the highest scores. The same seed makes the same choices.
/// </summary>
internal sealed class ByteSampler
{
    private readonly double _temperature;
    private readonly int _topK;
    private readonly Random _random;
    private float[] _scores = [];
    private int[] _order = [];

    /// <param name="temperature">0 for no chance at all.</param>
    /// <param name="topK">How many bytes may be chosen; 0 for all.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    public ByteSampler(double temperature = 0, int topK = 0, int seed = 0)
    {
        if (!double.IsFinite(temperature) || temperature < 0) throw new ArgumentException($"the temperature must be 0 or a positive number, not {temperature}", nameof(temperature));
        if (topK < 0) throw new ArgumentException($"top-k must be 0 or a positive number, not {topK}", nameof(topK));
        (_temperature, _topK, _random) = (temperature, topK, new Random(seed));
    }

    /// <exception cref="ArgumentException">A score is not a number.</exception>
    public byte Next(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i])) throw new ArgumentException($"the model's score of byte {i} is not a number", nameof(scores));
            if (scores[i] > scores[best]) best = i;
        }
        return (byte)(_temperature == 0 ? best : Draw(scores, scores[best]));
    }

    private int Draw(ReadOnlySpan<float> scores, float highest)
    {
        if (_scores.Length != scores.Length) (_scores, _order) = (new float[scores.Length], new int[scores.Length]);
        scores.CopyTo(_scores);
        for (int i = 0; i < _order.Length; i++) _order[i] = i;
        var candidates = _order.AsSpan();
        if (_topK > 0 && _topK < candidates.Length)
        {
            candidates.Sort((a, b) => _scores[a] != _scores[b] ? _scores[b].CompareTo(_scores[a]) : a.CompareTo(b));
            candidates = candidates[.._topK];
        }
        double sum = 0;
        foreach (int i in candidates) sum += Weight(i);
        double left = _random.NextDouble() * sum;
        foreach (int i in candidates)
        {
            left -= Weight(i);
            if (left < 0) return i;
        }
        return candidates[^1];

        double Weight(int i) => Math.Exp(((double)_scores[i] - highest) / _temperature);
    }
}
