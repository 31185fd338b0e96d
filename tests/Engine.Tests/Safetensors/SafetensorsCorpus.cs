using System.Text.Json;
using Graft.Safetensors;

namespace Graft.Tests.Safetensors;

/// <summary>
/// The files of the shared corpus: broken ones are refused, all others are read and come back unchanged.
/// </summary>
public sealed class SafetensorsCorpus
{
    // What these break is the adapter's contract, not the file format: tensors that nobody asked for.
    private static readonly string[] ValidFiles = ["st_many_tensors"];

    [SharedFact]
    public void Broken_files_are_refused()
    {
        int refused = 0;
        foreach (string folder in Directory.GetDirectories(SharedCorpus.Path("peft", "_invalid")))
        {
            string path = Path.Combine(folder, "adapter_model.safetensors");
            string expected = Path.Combine(folder, "expected.json");
            if (!File.Exists(path) || !File.Exists(expected) || ValidFiles.Contains(Path.GetFileName(folder))) continue;
            using var rule = JsonDocument.Parse(File.ReadAllBytes(expected));
            if (rule.RootElement.GetProperty("layer").GetString() != "safetensors") continue;
            if (rule.RootElement.GetProperty("expect").GetString() != "refuse") continue;
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
            refused++;
        }
        Assert.InRange(refused, 40, 100);
    }

    [SharedTheory]
    [InlineData("demo")]
    [InlineData("models")]
    [InlineData("peft/bert")]
    public void Files_are_read_and_written_again(string folder)
    {
        string[] paths = [.. SharedCorpus.Files(folder,
            "*.safetensors").Where(p => !p.Contains("_invalid", StringComparison.Ordinal))];
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            var file = SafetensorsFile.Open(path);
            var writer = new SafetensorsWriter { Order = SafetensorsOrder.AsAdded };
            foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
            foreach (var tensor in file.Tensors)
                writer.Add(tensor.Name, tensor.Type, tensor.ToShape().Dimensions, tensor.Data);
            var again = SafetensorsFile.Parse(writer.ToBytes());
            Assert.Equal(file.Metadata, again.Metadata);
            Assert.Equal(file.Tensors.Select(t => t.ToString()), again.Tensors.Select(t => t.ToString()));
            Assert.All(file.Tensors.Zip(again.Tensors),
                pair => Assert.True(pair.First.Bytes.SequenceEqual(pair.Second.Bytes)));
        }
    }
}
