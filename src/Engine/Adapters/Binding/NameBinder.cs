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
                if (named is [var one] && Place(subgraph, one.Node, one.Kind) is { } placement) found[module].AddRange(WithTied(subgraph, one.Node, placement, one.Kind));
                else lacking.Add(module);
            }
        }
        return new(found.Where(f => f.Value.Count > 0 && !lacking.Contains(f.Key))
            .ToDictionary(f => f.Key, f => new ModuleBinding(f.Key, f.Value[0].Kind, [.. f.Value.Select(p => p.Placement)], BindingEvidence.Names), StringComparer.Ordinal));
    }

    /// <summary>Nodes with the one module that their names leave; a path that is the only one of some node belongs to no other.</summary>
    private static List<(Node Node, ModuleKind Kind, TorchPath Path)> Assigned(Subgraph subgraph)
    {
        var open = new List<(Node Node, ModuleKind Kind, Dictionary<string, TorchPath> Paths)>();
        foreach (var node in subgraph.Nodes)
        {
            if (KindOf(subgraph, node) is not var (kind, classes)) continue;
            var paths = NamesOf(subgraph, node).Where(p => classes.Contains(p.Class)).DistinctBy(p => p.Key).ToDictionary(p => p.Key, StringComparer.Ordinal);
            if (paths.Count > 0) open.Add((node, kind, paths));
        }
        var assigned = new List<(Node Node, ModuleKind Kind, TorchPath Path)>();
        while (open.Where(n => n.Paths.Count == 1).ToArray() is { Length: > 0 } single)
        {
            foreach (var (node, kind, paths) in single) assigned.Add((node, kind, paths.Values.First()));
            string[] taken = [.. single.Select(s => s.Paths.Keys.First())];
            open.RemoveAll(n => n.Paths.Count == 1);
            foreach (var (_, _, paths) in open)
            {
                foreach (string key in taken) paths.Remove(key);
            }
            open.RemoveAll(n => n.Paths.Count == 0);
        }
        return [.. assigned.OrderBy(a => a.Node.Index)];
    }

    private static (ModuleKind Kind, string[] Classes)? KindOf(Subgraph subgraph, Node node)
    {
        (int Operand, ModuleKind Kind, string[] Classes)? form = node.Op switch
        {
            FullyConnected => (1, ModuleKind.Linear, ["Linear", "Conv1D"]),
            Conv2D or DepthwiseConv2D => (1, ModuleKind.Convolution, ["Conv2d"]),
            EmbeddingLookup => (1, ModuleKind.Embedding, ["Embedding"]),
            Gather => (0, ModuleKind.Embedding, ["Embedding"]),
            _ => null,
        };
        return form is { } f && subgraph.Tensors[node.Inputs[f.Operand]].Constant.IsPresent ? (f.Kind, f.Classes) : null;
    }

    private static IEnumerable<TorchPath> NamesOf(Subgraph subgraph, Node node) =>
        node.Outputs.Concat(node.Inputs.Where(t => t >= 0 && subgraph.Tensors[t].Constant.IsPresent)).SelectMany(t => TorchPath.Of(subgraph.Tensors[t].Name));

    /// <summary>Layers run in their order, and all of them have their modules in the same order.</summary>
    private static void CheckOrder(List<(Node Node, ModuleKind Kind, TorchPath Path)> nodes)
    {
        var numbered = nodes.Where(n => n.Path.Layer is not null && n.Kind != ModuleKind.Embedding).ToArray();
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
    private Placement? Place(Subgraph subgraph, Node node, ModuleKind kind)
    {
        var orientation = node.Op switch { FullyConnected => Orientation.Rows, Conv2D => Orientation.Filter, DepthwiseConv2D => Orientation.DepthwiseFilter, _ => Orientation.Table };
        var placement = new Placement { Subgraph = subgraph.Index, Node = node.Origin.First, Operand = node.Op is Gather ? 0 : 1, Orientation = orientation };
        if (kind == ModuleKind.Embedding) return placement;
        bool isFolded = NamesOf(subgraph, node).Any(p => p.Class.Contains("Norm", StringComparison.Ordinal));
        if (!isFolded) return placement;
        if (kind != ModuleKind.Linear || FoldedNorm.Find(subgraph, node.Inputs[0], new NodeSite(_graph, placement, "").Inputs) is not var (factor, offset)) return null;
        return placement with { ColumnFactor = factor, InputOffset = offset };
    }

    /// <summary>A table and the output layer that has the same values are one parameter in the base.</summary>
    private static IEnumerable<(Placement, ModuleKind)> WithTied(Subgraph subgraph, Node node, Placement placement, ModuleKind kind)
    {
        yield return (placement, kind);
        if (kind != ModuleKind.Embedding) yield break;
        var table = subgraph.Tensors[node.Inputs[placement.Operand]];
        foreach (var other in subgraph.Nodes.Where(n => n.Op is FullyConnected))
        {
            var weight = subgraph.Tensors[other.Inputs[1]];
            if (!weight.Constant.IsPresent || weight.Type != table.Type || weight.Shape != table.Shape) continue;
            bool isSame = weight.Constant.Address == table.Constant.Address || weight.Constant.Bytes.SequenceEqual(table.Constant.Bytes);
            if (isSame) yield return (new() { Subgraph = subgraph.Index, Node = other.Origin.First, Operand = 1, Orientation = Orientation.TableAsRows }, kind);
        }
    }
}
