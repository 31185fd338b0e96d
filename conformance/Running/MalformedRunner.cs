using Graft.Conformance.Adapters;
using Graft.Conformance.Cases;

namespace Graft.Conformance.Running;

/// <summary>
/// Runs broken models: each on a thread of its own, so that one that hangs is reported and left behind. What is not a
/// clear error or a valid run within the limit fails.
/// </summary>
internal sealed class MalformedRunner(Func<string, KernelSet, IModelRunner> open, IReadOnlyList<KernelSet> kernelSets,
    TimeSpan timeLimit)
{
    private const int StackBytes = 4 << 20;

    public static TimeSpan DefaultTimeLimit { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Every model below the folders, whatever lies beside it, and every adapter folder that says how it must end.</summary>
    public static IReadOnlyList<CaseFile> Find(IEnumerable<string> folders)
    {
        var cases = new List<CaseFile>();
        foreach (string folder in folders)
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
            if (!Directory.Exists(full)) throw new ArgumentException($"'{folder}' is not a folder");
            string group = Path.GetFileName(full);
            string[] files = Directory.GetFiles(full, "*", SearchOption.AllDirectories);
            Array.Sort(files, StringComparer.Ordinal);
            string NameOf(string path) => $"{group}/{Path.GetRelativePath(full, path).Replace('\\', '/')}";
            int before = cases.Count;
            foreach (string file in files)
            {
                if (CaseFile.IsModel(file)) cases.Add(new(CaseKind.Error, file, group, NameOf(CaseFile.Stem(file))));
                if (Path.GetFileName(file) == InvalidAdapter.FileName) cases.Add(new(CaseKind.InvalidAdapter, Path.GetDirectoryName(file)!, group, NameOf(Path.GetDirectoryName(file)!)));
            }
            if (cases.Count == before) cases.Add(new(CaseKind.Nothing, full, group, group, "no model and no adapter below this path"));
        }
        return cases;
    }

    public CaseResult Run(CaseFile file, CancellationToken cancellation)
    {
        var result = new CaseResult
        {
            Group = file.Group,
            Name = file.Name,
            Status = CaseStatus.Failed,
            Details = [file.Note],
        };
        if (file.Kind == CaseKind.Nothing) return result;
        var lines = new List<string>();
        bool failed = false;
        foreach (var kernels in kernelSets)
        {
            var (isClear, line) = RunGuarded(file, kernels, cancellation);
            lines.Add($"{kernels}: {line}");
            failed |= !isClear;
        }
        var status = failed ? CaseStatus.Failed : CaseStatus.Passed;
        return result with { Status = status, IsBitExact = !failed, Details = lines };
    }

    private (bool IsClear, string Line) RunGuarded(CaseFile file, KernelSet kernels, CancellationToken cancellation)
    {
        (bool IsClear, string Line) ended = (false, "");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var token = limit.Token;
        var thread = new Thread(Work, StackBytes) { IsBackground = true };
        thread.Start();
        if (thread.Join(timeLimit)) return ended;
        limit.Cancel();
        return (false, $"still running after {timeLimit.TotalSeconds:0} s");

        void Work()
        {
            try
            {
                string? line = file.Kind == CaseKind.InvalidAdapter ? new InvalidAdapter(file.Path).Run(kernels, token) : ErrorRun.Run(file, open, kernels, token);
                ended = (true, line ?? "valid run");
            }
            // A fault of any kind is what this looks for.
            catch (Exception e)
            {
                ended = (false, ClearError.Describe(e));
            }
        }
    }
}
