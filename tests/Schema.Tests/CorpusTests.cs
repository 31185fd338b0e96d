using System.Collections.Concurrent;
using Graft.Tests;

namespace Graft.Schema.Tests;

public sealed class CorpusTests
{
    private const string Malformed = "_malformed";

    private static readonly string[] s_refusals =
        ["The model is not a valid Flatbuffer buffer", "not equal to supported version 3"];

    [SharedFact]
    public void Every_model_reads_as_with_Google_FlatBuffers_and_survives_the_records()
    {
        string[] files = [.. SharedCorpus.Files().Where(f => !f.Contains(Malformed) && !RefusedByReference(f))];
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
        string[] files =
        [
            .. SharedCorpus.Files(Path.Combine("kernels", Malformed)),
            .. SharedCorpus.Files(Path.Combine("optests", "_testdata")),
        ];
        foreach (string file in files)
        {
            bool ours = Walk.Refuses(File.ReadAllBytes(file));
            refused += ours ? 1 : 0;
            if (RefusedByReference(file) && !ours)
                faults.Add($"{file}: the reference refuses it");
        }

        Assert.True(files.Length > 400, $"only {files.Length} files");
        Assert.InRange(refused, 1, files.Length - 1);
        Assert.True(faults.Count == 0, Some(faults));
    }

    private static bool RefusedByReference(string file)
    {
        string verdict = Path.ChangeExtension(file, ".error.txt");
        return File.Exists(verdict) && s_refusals.Any(File.ReadAllText(verdict).Contains);
    }

    private static string Some(IReadOnlyCollection<string> faults) =>
        $"{faults.Count} faults:\n{string.Join('\n', faults.Order().Take(20))}";
}
