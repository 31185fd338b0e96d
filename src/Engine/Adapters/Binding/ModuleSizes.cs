using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Safetensors;

namespace Graft.Adapters.Binding;

/// <summary>Sizes of the base's modules: as the nodes have them that hold their weights, or else as the base's weights do.</summary>
internal sealed class ModuleSizes(Graph graph, BindingMap map, string? baseWeights)
{
    private readonly Lazy<Dictionary<string, (int Outputs, int Inputs)>> _stored = new(() => baseWeights is null ? [] : Stored(baseWeights));

    /// <summary>All linear modules of the base.</summary>
    public BaseSizes All() => new([.. map.Modules.Values.Where(m => m.Kind == ModuleKind.Linear).Select(m => m.Name).Union(_stored.Value.Keys.Where(m => !map.Modules.ContainsKey(m)))], Of);

    /// <summary>Outputs of a module at a place: those of the node, but for joined modules up to where the next one begins.</summary>
    public int Outputs(ModuleBinding binding, Placement placement, NodeSite site)
    {
        int next = map.Modules.Values.Where(m => m != binding).SelectMany(m => m.Placements)
            .Where(p => p.Subgraph == placement.Subgraph && p.Node == placement.Node && p.FirstRow > placement.FirstRow)
            .Select(p => p.FirstRow).DefaultIfEmpty(site.Outputs).Min();
        return next - placement.FirstRow;
    }

    public (int Outputs, int Inputs) Of(string module)
    {
        if (map.Modules.TryGetValue(module, out var binding) && binding.Placements.FirstOrDefault(p => p.Orientation <= Orientation.DepthwiseFilter) is { } placement)
        {
            var site = new NodeSite(graph, placement, module);
            return (Outputs(binding, placement, site), site.Inputs);
        }
        return _stored.Value.TryGetValue(module, out var size) ? size
            : throw new AdapterException($"module \"{module}\": what was not saved of the adapter follows from its size, but it is not bound to anything in the model");
    }

    private static Dictionary<string, (int Outputs, int Inputs)> Stored(string baseWeights)
    {
        const string Weight = ".weight";
        return SafetensorsFile.Open(baseWeights).Tensors.Where(t => t.Shape.Length == 2 && t.Name.EndsWith(Weight, StringComparison.Ordinal))
            .ToDictionary(t => t.Name[..^Weight.Length], t => (checked((int)t.Shape[0]), checked((int)t.Shape[1])), StringComparer.Ordinal);
    }
}
