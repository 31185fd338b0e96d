using Graft.Graphs;

namespace Graft.Ops.Adapted;

/// <summary>
/// What is added to a node's output directly behind it, whatever views lie between: the residual of a transformer's sublayer. It exists when
/// the node runs, and lives until the sum.
/// </summary>
internal readonly record struct Residual(Node Sum, int Tensor)
{
    /// <returns>Null when the output goes elsewhere too, or not into a sum with such a tensor.</returns>
    public static Residual? Find(Subgraph subgraph, Node node)
    {
        int output = node.Outputs[0];
        while (true)
        {
            if (subgraph.Outputs.Contains(output)) return null;
            var users = subgraph.Nodes.Where(n => n.Inputs.Contains(output)).Take(2).ToArray();
            if (users is not [var user]) return null;
            if (user.Op is Add) return Other(subgraph, user, output, node.Index);
            if (user.Op is not IView) return null;
            output = user.Outputs[0];
        }
    }

    private static Residual? Other(Subgraph subgraph, Node sum, int output, int position)
    {
        int other = sum.Inputs[0] == output ? sum.Inputs[1] : sum.Inputs[0];
        while (other != output && !subgraph.Tensors[other].Constant.IsPresent)
        {
            var source = subgraph.Writer(other);
            if (source is null || source.Index < position) return new(sum, other);
            if (source.Op is not IView) return null;
            other = source.Inputs[0];
        }
        return null;
    }
}
