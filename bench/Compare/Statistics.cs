namespace Graft.Bench.Compare;

/// <summary>A median with its 95 % interval.</summary>
internal readonly record struct Estimate(double Median, double Low, double High);

/// <summary>Statistics that assume nothing about how times are distributed.</summary>
internal static class Statistics
{
    private const double Outside = 0.05;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>
    /// The median, between the order statistics that enclose it with a probability of at least 95 % (sign test); for fewer than six values,
    /// where none do, between the extremes.
    /// </summary>
    public static Estimate Interval(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int skip = 0;
        double tail = Math.Pow(0.5, sorted.Length), term = tail;
        while (skip + 1 < sorted.Length / 2)
        {
            term *= (double)(sorted.Length - skip) / (skip + 1);
            if (2 * (tail + term) > Outside) break;
            tail += term;
            skip++;
        }
        return new(Median(sorted), sorted[skip], sorted[^(skip + 1)]);
    }

    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));
}
