using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>
/// Finds where modules are by the names that litert-torch gives tensors, when neither a map nor the base's weights are there. Names are weaker
/// than values: what they leave open stays unbound, and names that contradict the order in which layers run are refused.
/// </summary>
internal sealed class NameBinder
{
    private readonly Graph _graph;

    private NameBinder(Graph graph) => _graph = graph;

    /// <param name="graph">The optimised graph of the model.</param>
    /// <param name="modules">The modules that the adapter changes.</param>
    /// <exception cref="AdapterException">Names and the order of nodes contradict each other.</exception>
    public static BindingMap Bind(Graph graph, IEnumerable<string> modules) => new NameBinder(graph).Bind(modules.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray());

    private BindingMap Bind(string[] modules)
    {
        var found = modules.ToDictionary(m => m, _ => new List<(Placement Placement, ModuleKind Kind)>(), StringComparer.Ordinal);
        var lacking = new HashSet<string>(StringComparer.Ordinal);
        foreach (var subgraph in _graph.Subgraphs)
        {
            var nodes = Assigned(subgraph);
            if (nodes.Count == 0) continue;
            CheckOrder(nodes);
            foreach (string module in modules)
            {
                var named = nodes.Where(n => n.Path.Names(module)).ToArray();
                if (named is [var (layer, _)] && Place(subgraph, layer) is { } placement) found[module].AddRange(WithTied(subgraph, layer, placement));
                else lacking.Add(module);
            }
        }
        return new(found.Where(f => f.Value.Count > 0 && !lacking.Contains(f.Key))
            .ToDictionary(f => f.Key, f => new ModuleBinding(f.Key, f.Value[0].Kind, [.. f.Value.Select(p => p.Placement)], BindingEvidence.Names), StringComparer.Ordinal));
    }

    /// <summary>Nodes with the one module that their names leave; a path that is the only one of some node belongs to no other.</summary>
    private static List<(Layer Layer, TorchPath Path)> Assigned(Subgraph subgraph)
    {
        var open = new List<(Layer Layer, Dictionary<string, TorchPath> Paths)>();
        foreach (var node in subgraph.Nodes)
        {
            if (WeightNode.Of(subgraph, node) is not var (placement, kind)) continue;
            var paths = TorchPath.Of(subgraph, node).Where(p => Classes(kind).Contains(p.Class)).DistinctBy(p => p.Key).ToDictionary(p => p.Key, StringComparer.Ordinal);
            if (paths.Count > 0) open.Add((new(node, placement, kind), paths));
        }
        var assigned = new List<(Layer Layer, TorchPath Path)>();
        while (open.Where(n => n.Paths.Count == 1).ToArray() is { Length: > 0 } single)
        {
            foreach (var (layer, paths) in single) assigned.Add((layer, paths.Values.First()));
            string[] taken = [.. single.Select(s => s.Paths.Keys.First())];
            open.RemoveAll(n => n.Paths.Count == 1);
            foreach (var (_, paths) in open)
            {
                foreach (string key in taken) paths.Remove(key);
            }
            open.RemoveAll(n => n.Paths.Count == 0);
        }
        return [.. assigned.OrderBy(a => a.Layer.Node.Index)];
    }

    /// <summary>Classes of torch that make layers of a kind.</summary>
    private static string[] Classes(ModuleKind kind) => kind switch
    {
        ModuleKind.Linear => ["Linear", "Conv1D"],
        ModuleKind.Convolution => ["Conv2d"],
        _ => ["Embedding"],
    };

    /// <summary>Layers run in their order, and all of them have their modules in the same order.</summary>
    private static void CheckOrder(List<(Layer Layer, TorchPath Path)> nodes)
    {
        var numbered = nodes.Where(n => n.Path.Layer is not null && n.Layer.Kind != ModuleKind.Embedding).ToArray();
        for (int i = 1; i < numbered.Length; i++)
        {
            if (numbered[i].Path.Layer < numbered[i - 1].Path.Layer) throw Contradiction(numbered[i].Path);
        }
        foreach (var group in numbered.GroupBy(n => n.Path.Layer!.Value).Select(g => g.Select(n => n.Path).ToArray()).GroupBy(g => g.Length))
        {
            string[] first = [.. group.First().Select(p => p.Place)];
            foreach (var layer in group)
            {
                int at = Array.FindIndex([.. layer.Select((p, i) => p.Place == first[i])], same => !same);
                if (at >= 0) throw Contradiction(layer[at]);
            }
        }
    }

    private static AdapterException Contradiction(TorchPath path) =>
        new($"the model's names are not in the order in which its layers run (at {path.Key}), so they tell nothing; make a map from the base's weights with 'graft adapter bind'");

    /// <summary>The place of a module, with a norm that was folded into it; null when the names tell of a fold that the graph does not show.</summary>
    private static Placement? Place(Subgraph subgraph, Layer layer)
    {
        var (node, placement, kind) = layer;
        if (kind == ModuleKind.Embedding || !TorchPath.Of(subgraph, node).Any(p => p.Class.Contains("Norm", StringComparison.Ordinal))) return placement;
        var weight = subgraph.Tensors[node.Inputs[placement.Operand]].Shape;
        int channels = placement.Orientation == Orientation.Columns ? weight[^2] : weight[^1];
        return kind == ModuleKind.Linear && FoldedNorm.Find(subgraph, node.Inputs[placement.Operand == 0 ? 1 : 0], channels) is var (factor, offset) ? placement with { ColumnFactor = factor, InputOffset = offset } : null;
    }

    /// <summary>A table and the output layer that has the same values are one parameter in the base.</summary>
    private static IEnumerable<(Placement, ModuleKind)> WithTied(Subgraph subgraph, Layer layer, Placement placement)
    {
        yield return (placement, layer.Kind);
        if (layer.Kind != ModuleKind.Embedding) yield break;
        var table = subgraph.Tensors[layer.Node.Inputs[placement.Operand]];
        foreach (var other in subgraph.Nodes)
        {
            if (WeightNode.Of(subgraph, other) is not (var at, ModuleKind.Linear)) continue;
            var weight = subgraph.Tensors[other.Inputs[at.Operand]];
            if (at.Orientation != Orientation.Rows || weight.Type != table.Type || weight.Shape != table.Shape) continue;
            bool isSame = weight.Constant.Address == table.Constant.Address || weight.Constant.Bytes.SequenceEqual(table.Constant.Bytes);
            if (isSame) yield return (at.AsTied(), layer.Kind);
        }
    }

    /// <summary>A node that holds a weight.</summary>
    private sealed record Layer(Node Node, Placement Placement, ModuleKind Kind);
}
