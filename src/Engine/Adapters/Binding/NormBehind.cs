using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>
/// Finds the epsilon of the norm behind a node: the constant that is added to what a square root is taken of, at the end of the steps into
/// which exports cut a norm. It is looked for in the graph as the file says, since passes make one node of several steps.
/// </summary>
internal static class NormBehind
{
    /// <summary>Steps from the sum to the square root: mean, difference, square, mean, sum, and changes of shape.</summary>
    private const int DepthMax = 10;

    /// <param name="source">The subgraph as the file says.</param>
    /// <param name="sum">What the norm is taken of.</param>
    /// <returns>Null when there is no such norm.</returns>
    public static double? Epsilon(Subgraph source, int sum)
    {
        var reached = new HashSet<int> { sum };
        for (int depth = 0; depth < DepthMax; depth++)
        {
            var next = source.Nodes.Where(n => n.Inputs.Any(reached.Contains)).ToArray();
            if (next.FirstOrDefault(n => n.Op is Rsqrt or Sqrt) is { } root) return Added(source, root.Inputs[0]);
            foreach (var node in next) reached.UnionWith(node.Outputs);
        }
        return null;
    }

    private static double? Added(Subgraph source, int tensor)
    {
        if (source.Writer(tensor) is not { Op: Add } add) return null;
        foreach (int input in add.Inputs)
        {
            // Weights of 16 bits are widened in the graph.
            int stored = source.Writer(input) is { Op: Dequantize } widened ? widened.Inputs[0] : input;
            if (source.Tensors[stored].Constant.IsPresent && ConstantValues.Read(source, source.Tensors[stored]) is [var value]) return value;
        }
        return null;
    }
}
