using Graft.Conformance.Cases;
using Graft.Conformance.Running;

namespace Graft.Conformance;

/// <summary>
/// Runs models and compares their outputs with the reference's: <c>graft check</c>. The rules are in
/// docs/conformance.md.
/// </summary>
public static class ConformanceCheck
{
    /// <summary>Checks every model below the paths that has a golden beside it.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Called after each case, never twice at the same time.</param>
    /// <param name="cancellation">Stops between nodes.</param>
    /// <exception cref="ArgumentException">A path does not exist, or the list of known differences is
    /// malformed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CheckReport Run(CheckOptions options, Action<CheckProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Run(options, EngineRunner.Open, progress, cancellation);

    /// <summary>
    /// Runs every model below a folder: each must end in a clear error or a valid run, within 10 seconds. Details of
    /// each case say which error.
    /// </summary>
    /// <inheritdoc cref="Run(CheckOptions, Action{CheckProgress}?, CancellationToken)"/>
    public static CheckReport RunMalformed(CheckOptions options, Action<CheckProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var runner = new MalformedRunner(EngineRunner.Open, options.Kernels, MalformedRunner.DefaultTimeLimit);
        return RunAll(MalformedRunner.Find(options.Paths), options, runner.Run, progress, cancellation);
    }

    internal static CheckReport Run(
        CheckOptions options, Func<string, KernelSet, IModelRunner> open, Action<CheckProgress>? progress,
            CancellationToken cancellation)
    {
        var allowed = options.AllowFile is null ? AllowList.Empty
            : AllowList.Parse(File.ReadAllLines(options.AllowFile));
        var runner = new CaseRunner(open, options.Kernels, options.TimeLimit);
        return RunAll(CaseFinder.Find(options.Paths), options,
            (file, token) => Judge(runner.Run(file, token), allowed.ReasonFor(file)), progress, cancellation);
    }

    private static CheckReport RunAll(
        IReadOnlyList<CaseFile> cases,
        CheckOptions options,
        Func<CaseFile, CancellationToken, CaseResult> run,
        Action<CheckProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);
        if (options.Kernels.Count == 0) throw new ArgumentException("there is no kernel set to run with");
        if (options.Paths.Count == 0) throw new ArgumentException("there is no path to check");
        var results = new CaseResult[cases.Count];
        var gate = new Lock();
        int done = 0, failed = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellation };
        Parallel.For(0, cases.Count, parallel, i =>
        {
            var result = results[i] = run(cases[i], cancellation);
            lock (gate)
            {
                done++;
                failed += result.Status == CaseStatus.Failed ? 1 : 0;
                progress?.Invoke(new(done, cases.Count, failed, result.Name));
            }
        });
        return new CheckReport(results);
    }

    /// <summary>A listed case must fail; then it is known.</summary>
    private static CaseResult Judge(CaseResult result, string? reason) => (result.Status, reason) switch
    {
        (_, null) or (CaseStatus.Skipped, _) => result,
        (CaseStatus.Failed, _) =>
            result with { Status = CaseStatus.Known, Details = [$"known: {reason}", .. result.Details] },
        _ => result with
        {
            Status = CaseStatus.Failed,
            Details = [$"listed as a known difference ({reason}), but it passes: take it off the list"],
        },
    };
}
