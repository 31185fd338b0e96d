using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>
/// Where the result of a norm can be changed for all that reads it: the node that writes x itself, or, where exports read n and x = g * n + beta
/// beside each other since g went into weights, the node that writes n.
/// </summary>
/// <param name="Subgraph">The subgraph.</param>
/// <param name="Node">The node.</param>
/// <param name="Factor">g; null where the node writes x.</param>
/// <param name="Offset">beta.</param>
internal readonly record struct NormOutput(Subgraph Subgraph, Node Node, float[]? Factor, float[]? Offset)
{
    /// <exception cref="AdapterException">The steps of the norm are not in an order that is known, or something reads n in a way that is not.</exception>
    public static IEnumerable<NormOutput> Find(Graph graph, BindingMap map, ModuleBinding norm)
    {
        var offsets = norm.Placements.Where(p => p.Orientation == Orientation.BiasVector).ToArray();
        if (offsets.Length == 0) throw new AdapterException($"module \"{norm.Name}\": the adapter changes what this norm yields, but its bias is not bound to anything in the model");
        foreach (var placement in offsets) yield return Find(graph, map, norm, placement);
    }

    private static NormOutput Find(Graph graph, BindingMap map, ModuleBinding norm, Placement placement)
    {
        var offset = new NodeSite(graph, placement, norm.Name);
        var subgraph = offset.Subgraph;
        var factor = norm.Placements.Where(p => p.Orientation == Orientation.Vector && p.Subgraph == placement.Subgraph).Select(p => new NodeSite(graph, p, norm.Name))
            .FirstOrDefault(s => offset.Node.Op is Add && s.Node.Op is Mul && subgraph.Writer(offset.Node.Inputs[1 - placement.Operand]) == s.Node);
        if (factor is null)
        {
            if (subgraph.Nodes.Where(n => n.Inputs.Contains(offset.Node.Outputs[0])).ToArray() is [{ Op: Add } sum]) return new(subgraph, sum, null, null);
            throw Unknown();
        }
        int normed = factor.Node.Inputs[1 - factor.Operand];
        var readers = subgraph.Nodes.Where(n => n != factor.Node && n.Inputs.Contains(normed)).ToArray();
        var folded = map.Modules.Values.SelectMany(m => m.Placements).Where(p => p.Subgraph == placement.Subgraph && p.ColumnFactor?.Source == norm.Name + ".weight").Select(p => p.Node).ToHashSet();
        if (subgraph.Outputs.Contains(normed) || readers.Any(n => !n.Origin.Sources.Any(folded.Contains)) || subgraph.Writer(normed) is not { } writer) throw Unknown();
        return new(subgraph, writer, factor.Weight().Values, offset.Weight().Values);

        AdapterException Unknown() => new($"module \"{norm.Name}\": {offset}: the adapter changes what this norm yields, but it is not seen where all that reads it could be given something else");
    }
}
