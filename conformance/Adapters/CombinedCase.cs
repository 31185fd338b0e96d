using System.Globalization;
using System.Text.Json;
using Graft.Conformance.Cases;
using Graft.Conformance.Running;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>
/// Several adapters at once, <c>BASE/multi/CASE</c>: folders of adapters, <c>spec.json</c>, and a golden whose names say which act together,
/// at what scale, or row by row.
/// </summary>
internal sealed class CombinedCase(string folder)
{
    public const string FileName = "spec.json";

    /// <summary>What unmerged and merged outputs may be off.</summary>
    private const double Tolerance = 2e-5, MergedTolerance = 5e-5;

    /// <summary>Names in goldens that stand for all adapters of the case, in the order of their folders.</summary>
    private static readonly string[] s_all = ["both", "both_product", "sum", "all", "all_hidden"];

    /// <summary>Names in goldens of different methods, for their folders.</summary>
    private static readonly Dictionary<string, string> s_methods = new(StringComparer.Ordinal) { ["m1"] = "lora", ["m2"] = "loha", ["m3"] = "lokr", ["m4"] = "oft" };

    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
    private readonly string[] _folders = [.. Directory.GetDirectories(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static CaseResult Run(CaseFile file, IReadOnlyList<KernelSet> kernelSets, CancellationToken cancellation)
    {
        var one = new CombinedCase(file.Path);
        var problems = new List<string>();
        double worst = 0;
        int comparisons = 0;
        foreach (var kernels in kernelSets)
        {
            try
            {
                one.Run(kernels, problems, ref worst, ref comparisons, cancellation);
            }
            // Whatever the engine throws is this case's failure, not the end of the check.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problems.Add($"{kernels}: {ClearError.Describe(e)}");
            }
        }
        if (comparisons == 0) problems.Add("nothing was compared");
        return new()
        {
            Group = file.Group,
            Name = file.Name,
            Status = problems.Count == 0 ? CaseStatus.Passed : CaseStatus.Failed,
            Details = problems,
            Comparisons = comparisons,
            WorstRatio = worst / Tolerance,
            WorstError = worst,
            Where = file.Name,
        };
    }

    private void Run(KernelSet kernels, List<string> problems, ref double worst, ref int comparisons, CancellationToken cancellation)
    {
        string baseFolder = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        var one = new AdapterCase(folder, baseFolder, Path.GetFileName(baseFolder));
        using var run = new BaseRun(one, one.ModelPath, kernels);
        var plain = run.Outputs(null, cancellation);
        foreach (var tag in _golden.Tensors.Where(t => t.Name.Contains('/') && !t.Name.StartsWith("in/", StringComparison.Ordinal)).GroupBy(t => t.Name[..t.Name.LastIndexOf('/')]))
        {
            var actual = Outputs(run, tag.Key, cancellation);
            double tolerance = tag.Key.StartsWith("merged_", StringComparison.Ordinal) ? MergedTolerance : Tolerance;
            foreach (var expected in tag)
            {
                string output = expected.Name[(tag.Key.Length + 1)..];
                if (!actual.TryGetValue(output, out float[]? values)) continue;
                double error = RealTensor.Error(expected, values), ignored = RealTensor.Error(expected, plain[output]);
                comparisons++;
                worst = Math.Max(worst, error);
                if (!(error <= tolerance)) problems.Add($"{kernels}: {expected.Name}: {error:G3} off, allowed {tolerance:G3} (without adapters: {ignored:G3})");
                else if (ignored <= tolerance && !IsNothing(tag.Key)) problems.Add($"{kernels}: {expected.Name} would pass with the adapters ignored");
            }
        }
    }

    private static bool IsNothing(string tag) => tag == "disabled" || tag.EndsWith("_scaled_0.0", StringComparison.Ordinal);

    private Dictionary<string, float[]> Outputs(BaseRun run, string tag, CancellationToken cancellation)
    {
        if (IsNothing(tag)) return run.Outputs(null, cancellation);
        var loaded = new Dictionary<string, Adapter>(StringComparer.Ordinal);
        Adapter Load(string name) => loaded.TryGetValue(name, out var adapter) ? adapter : loaded[name] = run.Load(Path.Combine(folder, name));
        try
        {
            if (tag.StartsWith("mixed", StringComparison.Ordinal)) return run.Outputs(new RowAdapters([.. Rows(tag).Select(r => r == "__base__" ? null : Load(r))]), cancellation);
            bool isMerged = tag.StartsWith("merged_", StringComparison.Ordinal);
            string names = tag.Replace("merged_", "", StringComparison.Ordinal).Replace("active_", "", StringComparison.Ordinal);
            float scale = 1;
            if (names.IndexOf("_scaled_", StringComparison.Ordinal) is > 0 and var at)
            {
                scale = float.Parse(names[(at + "_scaled_".Length)..], CultureInfo.InvariantCulture);
                names = names[..at];
            }
            string[] parts = names == "weighted" ? ["w"] : s_all.Contains(names) ? [.. _folders.Where(f => f != "w")] : [.. names.Split('+').Select(n => s_methods.GetValueOrDefault(n) ?? n)];
            if (names == "weighted" && Weighted(run, Load) is { } made)
            {
                using (made) return run.Outputs(made, cancellation);
            }
            if (parts.Length == 1 && scale == 1) return isMerged ? run.MergedOutputs(Load(parts[0]), cancellation) : run.Outputs(Load(parts[0]), cancellation);
            using var together = run.Model.CombineAdapters(tag, [.. parts.Select(p => (Load(p), scale))]);
            return isMerged ? run.MergedOutputs(together, cancellation) : run.Outputs(together, cancellation);
        }
        finally
        {
            foreach (var adapter in loaded.Values) adapter.Dispose();
        }
    }

    /// <summary>What the case's own library made of several adapters, made again; null where it dropped elements at random, so that only its result can run.</summary>
    private Adapter? Weighted(BaseRun run, Func<string, Adapter> load)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, FileName)));
        var spec = document.RootElement;
        string method = spec.TryGetProperty("combination_type", out var type) ? type.GetString()! : "";
        if (method.Length == 0 || method.StartsWith("dare", StringComparison.Ordinal)) return null;
        var adapters = spec.GetProperty("adapters").EnumerateArray().Zip(spec.GetProperty("weights").EnumerateArray(), (name, weight) => (load(name.GetString()!), weight.GetSingle())).ToArray();
        if (method == "cat") return run.Model.CombineAdapters(method, adapters);
        return run.Model.CombineAdapters(method, new CombinationOptions
        {
            Method = method.Replace("_svd", "", StringComparison.Ordinal) switch
            {
                "linear" or "svd" => CombinationMethod.Linear,
                "ties" => CombinationMethod.Ties,
                "magnitude_prune" => CombinationMethod.MagnitudePrune,
                var other => throw new ArgumentException($"{FileName}: combination_type {other} is unknown"),
            },
            OnProducts = method.EndsWith("svd", StringComparison.Ordinal),
            Rank = spec.TryGetProperty("svd_rank", out var rank) ? rank.GetInt32() : 0,
            Density = spec.TryGetProperty("density", out var density) ? density.GetDouble() : 1,
        }, adapters);
    }

    private string[] Rows(string tag)
    {
        using var spec = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, FileName)));
        return [.. spec.RootElement.GetProperty(tag).EnumerateArray().Select(e => e.GetString()!)];
    }
}
