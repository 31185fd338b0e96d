using System.Text.Json;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Graphs;

namespace Graft.Cli;

/// <summary>
/// An exporter's list of which nodes of a model are which modules of its base: JSON with, for each model by its file's name without ending, either <c>signatures</c> with
/// <c>module: { op_index, weight_tensor }</c> for each signature, or <c>module: { subgraph, op_index, weight_tensor }</c>. Weights must be those of the base, with nothing folded in.
/// </summary>
internal sealed class NodeList
{
    private readonly string _path;
    private readonly Model _model;
    private readonly SortedDictionary<string, ModuleBinding> _modules = new(StringComparer.Ordinal);

    private NodeList(string path, Model model) => (_path, _model) = (path, model);

    /// <summary>Checks the list against the model and writes it as a binding map.</summary>
    /// <returns>How many modules it has.</returns>
    /// <exception cref="AdapterException">The list is malformed, or does not fit the model.</exception>
    public static int WriteBindingMap(Model model, string modelPath, string listPath, string mapPath)
    {
        var list = new NodeList(listPath, model);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(listPath));
            list.Read(document.RootElement, Path.GetFileNameWithoutExtension(modelPath));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new AdapterException($"{listPath}: malformed: {e.Message}", e);
        }
        BindingMapFile.Write(mapPath, new(list._modules), model.Optimized);
        return list._modules.Count;
    }

    private void Read(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var entry))
            throw new AdapterException($"{_path}: it says nothing of a model \"{name}\" (but of: {string.Join(", ", root.EnumerateObject().Select(p => p.Name))})");
        if (entry.TryGetProperty("signatures", out var signatures))
        {
            foreach (var signature in signatures.EnumerateObject())
            {
                var known = _model.Source.Signatures.FirstOrDefault(s => s.Key == signature.Name) ?? throw new AdapterException($"{_path}: the model has no signature '{signature.Name}'");
                foreach (var module in signature.Value.EnumerateObject()) Add(module, known.Subgraph);
            }
        }
        else
        {
            foreach (var module in entry.EnumerateObject()) Add(module, module.Value.GetProperty("subgraph").GetInt32());
        }
        if (_modules.Count == 0) throw new AdapterException($"{_path}: it lists no module of \"{name}\"");
    }

    private void Add(JsonProperty module, int subgraph)
    {
        var (name, node) = (module.Name, module.Value.GetProperty("op_index").GetInt32());
        AdapterException Refusal(string reason) => new($"{_path}: module \"{name}\": {reason}");
        if ((uint)subgraph >= (uint)_model.Source.Subgraphs.Length) throw Refusal($"the model has no subgraph {subgraph}");
        if (module.Value.TryGetProperty("folded_factor", out var factor) && factor.GetDouble() != 1) throw Refusal("something is folded into its weight; bind with --base");
        var optimized = _model.Optimized.Subgraphs[subgraph].Nodes.FirstOrDefault(n => n.Origin.Sources.Contains(node)) ?? throw Refusal($"subgraph {subgraph} has no node {node}, or nothing is left of it");
        if (WeightNode.Of(_model.Optimized.Subgraphs[subgraph], optimized) is not var (placement, kind))
            throw Refusal($"node {node} ({optimized.Id.Name}) of subgraph {subgraph} holds no weight of a layer");
        var source = _model.Source.Subgraphs[subgraph];
        int weight = source.Nodes[node].Inputs[placement.Operand];
        int listed = module.Value.GetProperty("weight_tensor").GetInt32();
        if (weight != listed && !source.Nodes.Any(n => n.Outputs.Contains(weight) && n.Inputs.Contains(listed)))
            throw Refusal($"the weight of node {node} of subgraph {subgraph} is tensor {weight}, not {listed} as listed; the list is of another model");
        var before = _modules.GetValueOrDefault(name) ?? new(name, kind, [], BindingEvidence.Map);
        _modules[name] = before with { Placements = before.Placements.Add(placement with { Node = node }) };
    }
}
