using Graft.Conformance.Adapters;
using Graft.Conformance.Cases;
using Graft.Conformance.Comparing;
using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Conformance.Running;

/// <summary>Runs a case with some kernel sets and sums up.</summary>
internal sealed class CaseRunner(Func<string, KernelSet, IModelRunner> open, IReadOnlyList<KernelSet> kernelSets,
    TimeSpan timeLimit)
{
    private const int DetailsMax = 8;

    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public CaseResult Run(CaseFile file, CancellationToken cancellation)
    {
        if (file.Kind == CaseKind.Skipped) return Plain(file, CaseStatus.Skipped, [file.Note]);
        if (file.Kind is CaseKind.Orphan or CaseKind.Nothing) return Plain(file, CaseStatus.Failed, [file.Note]);
        if (file.Kind == CaseKind.Adapter) return AdapterRunner.Run(file, kernelSets, cancellation);
        if (file.Kind == CaseKind.CombinedAdapters) return CombinedCase.Run(file, kernelSets, cancellation);
        var comparisons = new List<(KernelSet Kernels, Comparison Comparison)>();
        var problems = new List<string>();
        foreach (var kernels in kernelSets)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(timeLimit);
            try
            {
                comparisons.AddRange(RunOnce(file, kernels, limit.Token).Select(c => (kernels, c)));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                problems.Add($"{kernels}: not finished within {timeLimit.TotalSeconds:0} s");
            }
            // Whatever the engine throws is this case's failure, not the end of the check.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problems.Add($"{kernels}: {ClearError.Describe(e)}");
            }
        }
        return Sum(file, comparisons, problems);
    }

    private static CaseResult Plain(CaseFile file, CaseStatus status, IReadOnlyList<string> details) =>
        new() { Group = file.Group, Name = file.Name, Status = status, Details = details };

    private List<Comparison> RunOnce(CaseFile file, KernelSet kernels, CancellationToken cancellation)
    {
        if (file.Kind == CaseKind.Error)
        {
            ErrorRun.Run(file, open, kernels, cancellation);
            return [];
        }
        var golden = GoldenReader.Read(SafetensorsFile.Open(file.GoldenPath));
        using var model = open(file.Path, kernels);
        return GoldenRun.Run(golden, model, cancellation);
    }

    private static CaseResult Sum(CaseFile file, List<(KernelSet Kernels, Comparison Comparison)> comparisons,
        List<string> problems)
    {
        double ratio = 0, error = 0;
        string where = "";
        foreach (var (kernels, (key, verdict)) in comparisons)
        {
            string line = $"{kernels}: {key}: {verdict.Detail}";
            if (verdict.Outcome == Outcome.Failed) problems.Add(line);
            if (verdict.Outcome == Outcome.BitExact || (where.Length > 0 && !(verdict.Ratio > ratio))) continue;
            (ratio, error, where) = (verdict.Ratio, verdict.Error, line);
        }
        int more = problems.Count - DetailsMax;
        if (more > 0) problems = [.. problems.Take(DetailsMax), $"and {more} more"];
        return Plain(file, problems.Count == 0 ? CaseStatus.Passed : CaseStatus.Failed, problems) with
        {
            IsBitExact = problems.Count == 0 && where.Length == 0,
            Comparisons = comparisons.Count,
            WorstRatio = ratio,
            WorstError = error,
            Where = where,
        };
    }
}
