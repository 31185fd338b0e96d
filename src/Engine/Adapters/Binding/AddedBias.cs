using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>A vector that is added to all that a node yields, and so is the bias of the layer that the node is.</summary>
internal static class AddedBias
{
    /// <param name="subgraph">The subgraph.</param>
    /// <param name="node">A node without a bias of its own.</param>
    /// <param name="outputs">Its channels.</param>
    /// <param name="inColumns">Channels are on the last axis but one.</param>
    /// <returns>The sum, and which of its inputs the vector is; null where something else reads the node, too, or adds something else.</returns>
    public static (Node Node, int Operand)? Find(Subgraph subgraph, Node node, int outputs, bool inColumns)
    {
        int output = node.Outputs[0];
        while (true)
        {
            if (subgraph.Outputs.Contains(output) || subgraph.Nodes.Where(n => n.Inputs.Contains(output)).Take(2).ToArray() is not [var user]) return null;
            if (user.Op is Add)
            {
                int operand = user.Inputs[0] == output ? 1 : 0;
                var added = subgraph.Tensors[user.Inputs[operand]];
                return added.Constant.IsPresent && IsVector(added.Shape, outputs, inColumns) ? (user, operand) : null;
            }
            if (inColumns || user.Op is not IView || subgraph.Tensors[user.Outputs[0]].Shape is not { Rank: > 0 } view || view[^1] != outputs) return null;
            output = user.Outputs[0];
        }
    }

    private static bool IsVector(Shape shape, int length, bool inColumns) =>
        shape.ElementCount == length && (inColumns ? shape.Rank >= 2 && shape[^2] == length : shape.Rank >= 1 && shape[^1] == length);
}
