using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>
/// Finds the epsilon of the norm behind a node: the constant that is added to what a square root is taken of, at the end of the steps into
/// which exports cut a norm.
/// </summary>
internal static class NormBehind
{
    /// <summary>Steps from the sum to the square root: mean, difference, square, mean, sum, and changes of shape.</summary>
    private const int DepthMax = 10;

    /// <returns>Null when there is no such norm.</returns>
    public static double? Epsilon(Subgraph subgraph, Node sum)
    {
        var reached = new HashSet<int>(sum.Outputs);
        for (int depth = 0; depth < DepthMax; depth++)
        {
            var next = subgraph.Nodes.Where(n => n.Inputs.Any(reached.Contains)).ToArray();
            if (next.FirstOrDefault(n => n.Op is Rsqrt or Sqrt) is { } root) return Added(subgraph, root.Inputs[0]);
            foreach (var node in next) reached.UnionWith(node.Outputs);
        }
        return null;
    }

    private static double? Added(Subgraph subgraph, int tensor)
    {
        if (subgraph.Nodes.FirstOrDefault(n => n.Outputs.Contains(tensor)) is not { Op: Add } add) return null;
        int constant = add.Inputs.FirstOrDefault(i => subgraph.Tensors[i].Constant.IsPresent, -1);
        return constant >= 0 && ConstantValues.Read(subgraph, subgraph.Tensors[constant]) is [var value] ? value : null;
    }
}
