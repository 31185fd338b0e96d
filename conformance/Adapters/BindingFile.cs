using System.Collections.Immutable;
using System.Text.Json;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>
/// Reads the corpus' own description of where modules of a torch base are in its exports, <c>binding.json</c>, for one model. Vectors that
/// were folded into weights are named there; their values come from the model's own constants, or from the base's weights beside it.
/// </summary>
internal sealed class BindingFile
{
    private const double BatchNormEpsilon = 1e-5;

    private readonly JsonElement _modules;
    private readonly Model _model;
    private readonly Lazy<SafetensorsFile?> _weights;

    private BindingFile(JsonElement modules, Model model, string weightsPath)
    {
        _modules = modules;
        _model = model;
        _weights = new(() => File.Exists(weightsPath) ? SafetensorsFile.Open(weightsPath) : null);
    }

    /// <summary>The map for a model whose file is <paramref name="modelPath"/>.</summary>
    public static BindingMap Read(string bindingPath, string modelPath, Model model)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(bindingPath));
        string name = Path.GetFileName(modelPath);
        if (!document.RootElement.TryGetProperty(name, out var entry)) throw new ArgumentException($"{bindingPath} says nothing of {name}");
        string weights = Path.Combine(Path.GetDirectoryName(bindingPath)!, "hf", "model.safetensors");
        return new BindingFile(entry.GetProperty("modules").Clone(), model, weights).Map();
    }

    private BindingMap Map()
    {
        var modules = new SortedDictionary<string, ModuleBinding>(StringComparer.Ordinal);
        foreach (var module in _modules.EnumerateObject())
        {
            var kind = Kind(module.Value.GetProperty("kind").GetString()!);
            if (!module.Value.TryGetProperty("placements", out var placements))
            {
                if (kind == ModuleKind.Vector) modules[module.Name] = new(module.Name, kind, [], BindingEvidence.Map);
                continue;
            }
            var found = placements.EnumerateArray().Select(p => Placement(module.Name, p)).OfType<Placement>().ToImmutableArray();
            if (found.IsEmpty) continue;
            modules[module.Name] = new(module.Name, kind, found, BindingEvidence.Map);
        }
        return new(modules);
    }

    private static ModuleKind Kind(string kind) => kind switch
    {
        "linear" => ModuleKind.Linear,
        "conv" => ModuleKind.Convolution,
        "embedding" => ModuleKind.Embedding,
        "norm" => ModuleKind.Vector,
        _ => throw new ArgumentException($"binding.json: unknown kind {kind}"),
    };

    private Placement? Placement(string module, JsonElement p)
    {
        Orientation? orientation = p.GetProperty("orientation").GetString() switch
        {
            "out_in" => Orientation.Rows,
            "OHWI" => Orientation.Filter,
            "1HWC" => Orientation.DepthwiseFilter,
            "rows" => p.GetProperty("op").GetString() == "FULLY_CONNECTED" ? Orientation.TableAsRows : Orientation.Table,
            "vector" => Orientation.Vector,
            "vector(bias)" => Orientation.BiasVector,
            { } text when text.StartsWith("constant rows ", StringComparison.Ordinal) => Orientation.ConstantRows,
            _ => null,
        };
        if (orientation is null) return null;
        string bias = p.TryGetProperty("bias_is", out var how) ? how.GetString() ?? "" : "";
        var g = Factor(module, p, "col_factor_g");
        return new()
        {
            Subgraph = p.GetProperty("subgraph").GetInt32(),
            Node = p.GetProperty("op_index").GetInt32(),
            Operand = p.GetProperty("input_pos").GetInt32(),
            Orientation = orientation.Value,
            TableRows = orientation == Orientation.ConstantRows ? Rows(module, p) : default,
            RowFactor = Factor(module, p, "row_factor_f"),
            OutputOffset = bias.StartsWith("bn:", StringComparison.Ordinal) ? BatchNorm(module).Offset : null,
            ColumnFactor = g,
            InputOffset = g is not null && bias.Contains("beta", StringComparison.Ordinal) && bias.Contains("W*", StringComparison.Ordinal) ? Offset(g) : null,
        };
    }

    private FoldedVector? Factor(string module, JsonElement p, string key)
    {
        if (!p.TryGetProperty(key, out var factor) || factor.ValueKind != JsonValueKind.Object) return null;
        string source = factor.GetProperty("source").GetString()!;
        float times = factor.GetProperty("times").GetSingle();
        if (source.StartsWith("bn:", StringComparison.Ordinal)) return BatchNorm(module).Factor;
        float[] values = Parameter(source);
        return new(source, [.. values.Select(v => v * times)]);
    }

    private FoldedVector Offset(FoldedVector g)
    {
        string source = g.Source[..^"weight".Length] + "bias";
        return new(source, [.. Parameter(source)]);
    }

    private (FoldedVector Factor, FoldedVector Offset) BatchNorm(string module)
    {
        string norm = _modules.EnumerateObject().First(m => m.Value.TryGetProperty("folded_into", out var into) && into.EnumerateArray().Any(i => i.GetString() == module)).Name;
        float[] gamma = Weights($"{norm}.weight"), variance = Weights($"{norm}.running_var"), beta = Weights($"{norm}.bias"), mean = Weights($"{norm}.running_mean");
        float[] factor = [.. gamma.Select((v, i) => (float)(v / Math.Sqrt(variance[i] + BatchNormEpsilon)))];
        return (new($"{norm}.weight", [.. factor]), new($"{norm}.bias", [.. beta.Select((b, i) => b - mean[i] * factor[i])]));
    }

    /// <summary>"constant rows 0..31", maybe with a remark behind it.</summary>
    private (int First, int Total) Rows(string module, JsonElement placement)
    {
        string first = placement.GetProperty("orientation").GetString()!["constant rows ".Length..].Split("..")[0];
        return (int.Parse(first, System.Globalization.CultureInfo.InvariantCulture), _modules.GetProperty(module).GetProperty("shape")[0].GetInt32());
    }

    private float[] Parameter(string name)
    {
        string module = name[..name.LastIndexOf('.')];
        string orientation = name.EndsWith(".bias", StringComparison.Ordinal) ? "vector(bias)" : "vector";
        if (_modules.TryGetProperty(module, out var norm) && norm.TryGetProperty("placements", out var placements))
        {
            foreach (var p in placements.EnumerateArray())
            {
                if (p.GetProperty("orientation").GetString() != orientation) continue;
                var placement = Placement(module, p)!;
                return new NodeSite(_model.Optimized, placement, module).Weight().Values;
            }
        }
        return Weights(name);
    }

    private float[] Weights(string name)
    {
        if (_weights.Value is not { } file) throw new ArgumentException($"the values of {name} are neither in the model nor in hf/model.safetensors");
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file[name].Bytes).ToArray();
    }
}
