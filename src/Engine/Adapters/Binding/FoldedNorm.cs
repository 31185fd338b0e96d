using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>
/// The weight and bias of a norm that a converter folded into a layer, as far as they are still in the graph for something else that reads the
/// norm: a MUL of the layer's own input with a vector, and an ADD of a vector behind it.
/// </summary>
internal static class FoldedNorm
{
    /// <param name="subgraph">The subgraph.</param>
    /// <param name="input">What the layer reads.</param>
    /// <param name="length">Channels.</param>
    /// <returns>Null when the graph does not show them.</returns>
    public static (FoldedVector? Factor, FoldedVector? Offset)? Find(Subgraph subgraph, int input, int length)
    {
        var same = Aliases(subgraph, input);
        if (Of<Mul>(subgraph, same, length) is var (product, weight))
            return Of<Ops.Add>(subgraph, Aliases(subgraph, product), length) is var (_, bias) ? (weight, bias) : (weight, null);
        // The weight may be applied already, so that the bias alone was folded.
        bool isProduct = subgraph.Nodes.Any(n => n.Op is Mul && same.Contains(n.Outputs[0]) && n.Inputs.Any(t => Vector(subgraph, t, length) is not null));
        return isProduct && Of<Ops.Add>(subgraph, same, length) is var (_, added) ? (null, added) : null;
    }

    private static (int Output, FoldedVector Vector)? Of<T>(Subgraph subgraph, HashSet<int> inputs, int length)
    {
        foreach (var node in subgraph.Nodes.Where(n => n.Op is T && n.Inputs.Any(inputs.Contains)))
        {
            foreach (int t in node.Inputs)
            {
                if (Vector(subgraph, t, length) is { } vector) return (node.Outputs[0], vector);
            }
        }
        return null;
    }

    private static FoldedVector? Vector(Subgraph subgraph, int tensor, int length)
    {
        if (tensor < 0 || !subgraph.Tensors[tensor].Constant.IsPresent) return null;
        var info = subgraph.Tensors[tensor];
        if (info.Shape.ElementCount != length || info.Shape.Rank == 0 || info.Shape[^1] != length) return null;
        return new("", [.. ConstantValues.Read(subgraph, info)]);
    }

    /// <summary>A tensor under all names that views give it.</summary>
    private static HashSet<int> Aliases(Subgraph subgraph, int tensor)
    {
        var aliases = new HashSet<int> { tensor };
        for (bool grew = true; grew;)
        {
            grew = false;
            foreach (var node in subgraph.Nodes.Where(n => n.Op is IView))
            {
                if (aliases.Contains(node.Inputs[0])) grew |= aliases.Add(node.Outputs[0]);
                else if (aliases.Contains(node.Outputs[0])) grew |= aliases.Add(node.Inputs[0]);
            }
        }
        return aliases;
    }
}
