using System.Globalization;
using System.Text.Json;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>
/// An adapter folder with a golden: <c>BASE/adapters/CASE</c>, the base's models and inputs two folders up.
/// </summary>
internal sealed record AdapterCase(string Folder, string BaseFolder, string BaseName)
{
    /// <summary>The float model that the golden speaks of.</summary>
    public string ModelPath => Path.Combine(BaseFolder, $"{BaseName}_fp32.tflite");

    public string GoldenPath => Path.Combine(Folder, "golden.safetensors");

    public string BindingPath => Path.Combine(BaseFolder, "binding.json");

    /// <summary>The base's weights in torch, where they are.</summary>
    public string WeightsPath => Path.Combine(BaseFolder, "hf", "model.safetensors");

    public string InputsPath => Path.Combine(BaseFolder, "base_golden.safetensors");

    /// <summary>The base's other models, as its description lists them.</summary>
    public IEnumerable<string> SiblingPaths()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(BindingPath));
        return [.. document.RootElement.EnumerateObject().Select(m => Path.Combine(BaseFolder, m.Name)).Where(p => p != ModelPath && File.Exists(p) && !Path.GetFileName(p).Contains("_kv_", StringComparison.Ordinal))];
    }

    /// <summary>Whether the case may be refused with a reason, because the export lacks what the method needs.</summary>
    public bool MayBeRefused
    {
        get
        {
            string table = Path.Combine(BaseFolder, "..", "adapters_expect.tsv");
            string row = $"{BaseName}\t{Path.GetFileName(Folder)}\teither\t";
            return File.Exists(table) && File.ReadLines(table).Any(l => l.StartsWith(row, StringComparison.Ordinal));
        }
    }

    /// <summary>Whether the method's own library merges it, with the outputs that it has unmerged.</summary>
    public bool IsMergeable
    {
        get
        {
            const double MergedMax = 3e-5;
            var metadata = SafetensorsFile.Open(GoldenPath).Metadata;
            return metadata.GetValueOrDefault("mergeable") == "True"
                && (!metadata.TryGetValue("merged_max_diff", out string? text) || double.Parse(text, CultureInfo.InvariantCulture) <= MergedMax);
        }
    }

    public string Name => $"{BaseName}/{Path.GetFileName(Path.GetDirectoryName(Folder))}/{Path.GetFileName(Folder)}";

    public static AdapterCase? Of(string folder)
    {
        string baseFolder = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        var found = new AdapterCase(folder, baseFolder, Path.GetFileName(baseFolder));
        return File.Exists(found.ModelPath) && File.Exists(found.BindingPath) && File.Exists(found.GoldenPath) ? found : null;
    }

    /// <summary>The allowed difference of an output, as the base itself differs between torch and the reference runtime.</summary>
    public double Tolerance(string output)
    {
        const double Least = 1e-5;
        var golden = SafetensorsFile.Open(Path.ChangeExtension(ModelPath, ".safetensors"));
        if (!golden.Metadata.TryGetValue("torch_max_abs_diff", out string? text)) return Least;
        using var document = JsonDocument.Parse(text);
        if (!document.RootElement.TryGetProperty("ref", out var differences)) return Least;
        return differences.TryGetProperty(output, out var one) ? Math.Max(Least, 2 * one.GetDouble()) : Least;
    }
}
