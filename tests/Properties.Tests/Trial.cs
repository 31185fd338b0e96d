using Graft.Conformance.Comparing;
using Graft.Conformance.Rules;

namespace Graft.Properties;

/// <summary>What became of the cases of one operator.</summary>
internal sealed class Tally
{
    public int Discarded, RefusedByAll, RefusedByGraft, OnlyGraft, Compared, ComparedLive;

    public Dictionary<string, int> Reasons { get; } = [];

    public void Reason(string reason) => Reasons[reason] = Reasons.GetValueOrDefault(reason) + 1;
}

/// <summary>
/// One case: fast kernels twice over, on several threads, against the naive ones, and both against the reference runtime, under the rules
/// of conformance.
/// </summary>
internal sealed class Trial(OpRow row, LiveReference? live, Tally tally)
{
    /// <summary>The last case that failed, what the reference gave for it, and the difference.</summary>
    public (OneOpCase Case, Attempt? Reference, string Story)? Failure { get; private set; }

    public bool Holds(IReadOnlyList<int> choices)
    {
        OneOpCase tried;
        try
        {
            tried = row.Draw(choices);
        }
        catch (DiscardedException e)
        {
            tally.Discarded++;
            tally.Reason(e.Message);
            return true;
        }
        Attempt? reference = null;
        var first = Engines.Run(tried, KernelSet.Reference);
        if (first.Outputs is { } outputs) tried = tried.Declaring(outputs);
        if (Difference(tried, ref reference) is not { } story) return true;
        Failure = (tried, reference, story);
        return false;
    }

    private string? Difference(OneOpCase tried, ref Attempt? reference)
    {
        var fast = Engines.Run(tried, KernelSet.Fast, threads: 2, runs: 2);
        var naive = Engines.Run(tried, KernelSet.Reference);
        if (!fast.IsClear) return $"fast kernels: {fast.Error}";
        if (!naive.IsClear) return $"naive kernels: {naive.Error}";
        if (fast.Ran != naive.Ran) return $"fast kernels: {(fast.Ran ? "ran" : fast.Error)}; naive kernels: {(naive.Ran ? "ran" : naive.Error)}";
        var facts = ModelFactsReader.Read(tried.Model);
        var rules = new ComparisonRules(facts, FromReferenceKernels: true);
        if (fast.Ran)
        {
            tally.Compared++;
            if (Compare(naive, fast, rules, []) is { } difference) return $"fast against naive kernels: {difference}";
        }
        return live is null || tried.Yardstick is not { } kernels ? null : Live(tried, kernels, fast, naive, facts, live, ref reference);
    }

    private string? Live(OneOpCase tried, string yardstick, Attempt fast, Attempt naive, ModelFacts facts, LiveReference reference, ref Attempt? outcome)
    {
        if (!fast.Ran) return Refused(tried, yardstick, fast, reference);
        outcome = reference.Run(tried, yardstick, fast.Outputs!);
        if (!outcome.Ran)
        {
            tally.OnlyGraft++;
            tally.Reason($"only Graft: {outcome.Error}");
            return null;
        }
        tally.ComparedLive++;
        var rules = new ComparisonRules(facts, FromReferenceKernels: yardstick == "ref");
        foreach (var (kernels, mine) in new[] { ("fast", fast), ("naive", naive) })
        {
            if (Compare(outcome, mine, rules, []) is null) continue;
            var others = Array.FindAll(["opt", "xnn"], set => set != yardstick).Select(set => (set, reference.Run(tried, set, fast.Outputs!)))
                .Where(other => other.Item2.Ran).ToArray();
            if (Compare(outcome, mine, rules, others) is { } difference) return $"{kernels} kernels against the reference: {difference}";
        }
        return null;
    }

    // Graft refuses it: the reference must, too.
    private string? Refused(OneOpCase tried, string yardstick, Attempt refusal, LiveReference reference)
    {
        bool ran = reference.Accepts(tried, yardstick, out string error);
        tally.RefusedByAll += ran ? 0 : 1;
        tally.RefusedByGraft += ran ? 1 : 0;
        tally.Reason($"{(ran ? "only Graft refuses" : "both refuse")}: {refusal.Error}{(ran ? "" : $" | {error}")}");
        return ran && !row.MayRefuse(refusal.Error) ? $"Graft refuses what the reference runs: {refusal.Error}" : null;
    }

    private static string? Compare(Attempt expected, Attempt actual, ComparisonRules rules, (string Kernels, Attempt Attempt)[] others)
    {
        for (int i = 0; i < expected.Outputs!.Count; i++)
        {
            var alternatives = others.Where(o => o.Attempt.Outputs![i].Type == expected.Outputs[i].Type).Select(o => (o.Kernels, o.Attempt.Outputs![i]));
            var verdict = TensorComparer.Compare(expected.Outputs[i].Expect(i, alternatives), actual.Outputs![i].Actual, rules);
            if (verdict.Outcome == Outcome.Failed) return $"output {i}: {verdict.Detail}";
        }
        return null;
    }
}
