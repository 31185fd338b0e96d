using System.Collections.Concurrent;

namespace Graft.Tests;

public sealed class MalformedCorpusTests
{
    private const string RefusedToLoad = "ref: error [load]";

    /// <summary>The reference's table lacks an operator that Graft has.</summary>
    private const string Unregistered = "Didn't find op for builtin opcode 'SEGMENT_SUM'";

    /// <summary>Without boundaries there is one bucket: nothing to refuse.</summary>
    private const string OneBucket = "boundaries array not provided";

    [SharedFact]
    public void Malformed_files_end_in_an_error_of_ours_or_a_run()
    {
        string[] files = SharedCorpus.Files(Path.Combine("kernels", "_malformed"));
        ConcurrentBag<string> faults = [];
        int refused = 0;
        Parallel.ForEach(files, file =>
        {
            var outcome = Hostile.Try(File.ReadAllBytes(file));
            if (outcome.Fault is { } fault) faults.Add($"{Path.GetFileName(file)}: {fault}");
            if (outcome.Error is not null) Interlocked.Increment(ref refused);
        });
        Assert.True(files.Length >= 480, $"only {files.Length} files");
        Assert.True(faults.IsEmpty, $"{faults.Count} faults:\n{string.Join('\n', faults.Order())}");
        Assert.InRange(refused, files.Length / 2, files.Length - 1);
    }

    [SharedFact]
    public void What_the_reference_refuses_to_load_is_refused()
    {
        List<string> faults = [];
        foreach (string file in SharedCorpus.Files(Path.Combine("kernels", "_malformed")))
        {
            string verdict = File.ReadAllText(Path.ChangeExtension(file, ".error.txt"));
            if (!verdict.Contains(RefusedToLoad) || verdict.Contains(Unregistered) || verdict.Contains(OneBucket)) continue;
            if (Hostile.Try(File.ReadAllBytes(file)).Error is null) faults.Add(Path.GetFileName(file) + ": " + verdict);
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
