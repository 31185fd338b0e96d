namespace Graft.Bench.Compare;

/// <summary>How a model is timed.</summary>
/// <param name="Reference">The command of the other side.</param>
/// <param name="Own">The command of this side.</param>
/// <param name="Threads">Threads of one run.</param>
/// <param name="Pairs">Turns of each side, one after the other.</param>
/// <param name="Seconds">Length of a turn.</param>
internal sealed record Terms(string[] Reference, string[] Own, int Threads, int Pairs, double Seconds);

/// <summary>One side's figures: microseconds of a run (median over turns, and the quickest block), start and memory.</summary>
internal readonly record struct Side(Estimate Run, double Quickest, double LoadMs, double FirstMs, long GrowthKb);

/// <summary>What a comparison of one model found. Ratios are the reference's time over ours: above 1, we are faster.</summary>
internal sealed record Outcome(Entry Entry, Side Reference, Side Own, Estimate Ratio)
{
    public double QuickestRatio => Reference.Quickest / Own.Quickest;
}

/// <summary>Lets two contestants run a model in turns.</summary>
internal static class Duel
{
    /// <summary>Shorter runs are timed in blocks, so that reading the clock does not count.</summary>
    private const double BlockUs = 1000;

    /// <summary>Below this, what an empty call costs each side is taken off.</summary>
    private const double SmallUs = 50;

    /// <summary>What is left of a run that cost no more than an empty call.</summary>
    private const double LeastUs = 0.001;

    /// <summary>
    /// Turns before those that count, until one is no quicker than the one before: the runtime replaces code that it compiled in a hurry, and
    /// on a busy machine takes its time.
    /// </summary>
    private const double WarmUpSeconds = 0.7;

    private const int WarmUpTurnsMax = 8;

    private const double Settled = 0.97;

    public static Outcome Run(Terms terms, Entry entry, (double Reference, double Own) empty)
    {
        using var reference = new Contestant(terms.Reference, entry.Path, terms.Threads);
        using var own = new Contestant(terms.Own, entry.Path, terms.Threads);
        var (blockReference, blockOwn) = (WarmUp(reference), WarmUp(own));
        var turnsReference = new List<Turn>();
        var turnsOwn = new List<Turn>();
        for (int pair = 0; pair < terms.Pairs; pair++)
        {
            turnsReference.Add(reference.Turn(terms.Seconds, blockReference));
            turnsOwn.Add(own.Turn(terms.Seconds, blockOwn));
        }
        bool isSmall = turnsReference.Concat(turnsOwn).Any(t => t.Median < SmallUs);
        double[] ofReference = Medians(turnsReference, isSmall ? empty.Reference : 0), ofOwn = Medians(turnsOwn, isSmall ? empty.Own : 0);
        return new(entry, Figures(reference, ofReference, turnsReference, isSmall ? empty.Reference : 0),
            Figures(own, ofOwn, turnsOwn, isSmall ? empty.Own : 0),
            Statistics.Interval([.. ofReference.Zip(ofOwn, (r, o) => r / o)]));
    }

    private static int WarmUp(Contestant contestant)
    {
        int block = 1;
        double before = double.MaxValue;
        for (int i = 0; i < WarmUpTurnsMax; i++)
        {
            var turn = contestant.Turn(WarmUpSeconds, block);
            block = (int)Math.Clamp(BlockUs / turn.Median, 1, 1e6);
            if (i > 1 && turn.Quickest > before * Settled) break;
            before = turn.Quickest;
        }
        return block;
    }

    private static double[] Medians(List<Turn> turns, double empty) => [.. turns.Select(t => Math.Max(t.Median - empty, LeastUs))];

    private static Side Figures(Contestant contestant, double[] medians, List<Turn> turns, double empty) => new(Statistics.Interval(medians),
        Math.Max(turns.Min(t => t.Quickest) - empty, LeastUs), contestant.LoadMs, contestant.FirstMs, contestant.Growth());
}
