using Graft.Graphs;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>
/// Nodes on 8-bit elements that together depend on one tensor alone, such as x * logistic(x), become one table of 256 results. The nodes
/// themselves fill it, from all the values there are, so that the bits stay.
/// </summary>
internal sealed class TabulateBytes : IPass
{
    public string Name => "tabulate-bytes";

    public Graph Run(Graph graph, PackedWeights packed)
    {
        var subgraphs = graph.Subgraphs.ToBuilder();
        var budget = new PlanningBudget(graph);
        for (int i = 0; i < subgraphs.Count; i++)
        {
            using var tables = new ByteTables(graph, subgraphs[i], packed, budget);
            subgraphs[i] = Replace(subgraphs[i], tables);
        }
        return graph with { Subgraphs = subgraphs.ToImmutable() };
    }

    private static Subgraph Replace(Subgraph subgraph, ByteTables tables)
    {
        var patch = new Patch(subgraph);
        var needed = new bool[subgraph.Tensors.Length];
        foreach (int t in subgraph.Outputs) needed[t] = true;
        var removed = new HashSet<Node>();
        foreach (var node in subgraph.Nodes.Reverse())
        {
            var function = tables.Of(node);
            if (function is not null && !needed[node.Outputs[0]])
            {
                removed.Add(node);
                patch.Remove(node);
                continue;
            }
            bool isReplaced = function is { Nodes.Length: > 1 } && tables.TryFill(node);
            foreach (int t in isReplaced ? [function!.Root] : node.Inputs)
            {
                if (t >= 0) needed[t] = true;
            }
        }
        foreach (var node in subgraph.Nodes)
        {
            if (removed.Contains(node) || tables.Of(node) is not { Nodes.Length: > 1 } function || !tables.TryFill(node)) continue;
            patch.Replace(node, tables.Replacement(node, [.. function.Nodes.Where(n => n == node || removed.Contains(n))]));
        }
        return patch.IsEmpty ? subgraph : patch.Apply();
    }
}
