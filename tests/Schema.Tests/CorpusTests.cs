using System.Collections.Concurrent;
using Graft.Tests;

namespace Graft.Schema.Tests;

public sealed class CorpusTests
{
    private const string Malformed = "_malformed";
    private const string RefusedByReference = "The model is not a valid Flatbuffer buffer";

    [SharedFact]
    public void Every_model_reads_as_with_Google_FlatBuffers_and_survives_the_records()
    {
        string[] files = [.. SharedCorpus.Files().Where(f => !f.Contains(Malformed, StringComparison.Ordinal))];
        ConcurrentBag<string> faults = [];
        Parallel.ForEach(files, file =>
        {
            try
            {
                byte[] bytes = File.ReadAllBytes(file);
                Verifier.Verify(bytes);
                byte[] rewritten = ModelRecord.Read(ModelView.Root(bytes)).ToBytes();
                Verifier.Verify(rewritten);
                foreach (string difference in Differences.Between(bytes, bytes).Found)
                    faults.Add($"{file}: read: {difference}");
                foreach (string difference in Differences.Between(bytes, rewritten).Found)
                    faults.Add($"{file}: rewritten: {difference}");
            }
            catch (Exception e)
            {
                faults.Add($"{file}: {e.Message}");
            }
        });
        Assert.True(files.Length > 7000, $"only {files.Length} models");
        Assert.True(faults.IsEmpty, Some(faults));
    }

    [SharedFact]
    public void Malformed_files_are_refused_or_safe_to_walk()
    {
        List<string> faults = [];
        int refused = 0;
        string[] files = SharedCorpus.Files(Path.Combine("kernels", Malformed));
        foreach (string file in files)
        {
            string verdict = Path.ChangeExtension(file, ".error.txt");
            bool reference = File.Exists(verdict) && File.ReadAllText(verdict).Contains(RefusedByReference);
            bool ours = Walk.Refuses(File.ReadAllBytes(file));
            refused += ours ? 1 : 0;
            if (reference && !ours)
                faults.Add($"{file}: the reference refuses it");
        }

        Assert.True(files.Length > 400, $"only {files.Length} files");
        Assert.InRange(refused, 1, files.Length - 1);
        Assert.True(faults.Count == 0, Some(faults));
    }

    private static string Some(IReadOnlyCollection<string> faults) =>
        $"{faults.Count} faults:\n{string.Join('\n', faults.Order().Take(20))}";
}
