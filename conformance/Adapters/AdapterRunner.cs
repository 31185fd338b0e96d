using Graft.Conformance.Cases;
using Graft.Conformance.Running;

namespace Graft.Conformance.Adapters;

/// <summary>Runs an adapter case with some kernel sets and sums up.</summary>
internal static class AdapterRunner
{
    public static CaseResult Run(CaseFile file, IReadOnlyList<KernelSet> kernelSets, CancellationToken cancellation)
    {
        var one = AdapterCase.Of(file.Path) ?? throw new ArgumentException($"{file.Path} is no adapter case");
        var problems = new List<string>();
        double ratio = 0, error = 0;
        int comparisons = 0, runs = 0, merged = 0, own = 0;
        foreach (var target in AdapterTarget.Of(one))
        {
            foreach (var kernels in kernelSets)
            {
                string where = $"{Path.GetFileNameWithoutExtension(target.ModelPath)} {kernels}";
                try
                {
                    var run = new AdapterRun(one, target, kernels);
                    run.Run(cancellation);
                    problems.AddRange(run.Problems.Select(p => $"{where}: {p}"));
                    comparisons += run.Comparisons;
                    runs++;
                    merged += run.MergedRuns;
                    own += run.OwnBindings;
                    if (run.WorstRatio > ratio) (ratio, error) = (run.WorstRatio, run.WorstError);
                }
                catch (AdapterException) when (one.MayBeRefused)
                {
                    comparisons++;
                }
                // Whatever the engine throws is this case's failure, not the end of the check.
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    problems.Add($"{where}: {ClearError.Describe(e)}");
                }
            }
        }
        return new()
        {
            Group = file.Group,
            Name = file.Name,
            Status = problems.Count == 0 ? CaseStatus.Passed : CaseStatus.Failed,
            Details = problems,
            Comparisons = comparisons,
            WorstRatio = ratio,
            WorstError = error,
            Where = $"{one.Name}: {runs} runs unmerged, {merged} merged, {own} bound without a map",
        };
    }
}
