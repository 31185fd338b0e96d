using System.Collections.Immutable;
using Graft.Errors;

namespace Graft.Graphs;

/// <summary>
/// A change of one subgraph: tensors get constant data, nodes go, nodes are replaced. Applying it checks that nothing that is still read
/// loses its writer and that every replacement keeps the origins of what it replaces.
/// </summary>
internal sealed class Patch(Subgraph subgraph)
{
    private readonly Dictionary<int, TensorInfo> _tensors = [];
    private readonly Dictionary<int, Node?> _nodes = [];

    public bool IsEmpty => _tensors.Count == 0 && _nodes.Count == 0;

    /// <summary>The tensor as it will be.</summary>
    public TensorInfo Tensor(int index) => _tensors.GetValueOrDefault(index) ?? subgraph.Tensors[index];

    /// <summary>Gives a tensor the data that a node would compute.</summary>
    public void SetConstant(int tensor, ConstantData data, Shape shape) =>
        _tensors[tensor] = Tensor(tensor) with { Constant = data, Shape = shape, ShapeSignature = default, HasRank = true };

    public void Remove(Node node) => _nodes[node.Index] = null;

    /// <summary>Replaces a node; the new one must stand for at least the same source nodes.</summary>
    public void Replace(Node old, Node replacement)
    {
        Check.That(old.Origin.Sources.All(replacement.Origin.Sources.Contains));
        _nodes[old.Index] = replacement;
    }

    public Subgraph Apply()
    {
        var tensors = subgraph.Tensors.Select((t, i) => _tensors.GetValueOrDefault(i) ?? t).ToImmutableArray();
        var nodes = ImmutableArray.CreateBuilder<Node>();
        foreach (var node in subgraph.Nodes)
        {
            var kept = _nodes.TryGetValue(node.Index, out var replacement) ? replacement : node;
            if (kept is not null) nodes.Add(kept with { Index = nodes.Count });
        }
        var patched = subgraph with { Tensors = tensors, Nodes = nodes.ToImmutable() };
        CheckFlow(patched);
        return patched;
    }

    private static void CheckFlow(Subgraph patched)
    {
        var written = new bool[patched.Tensors.Length];
        foreach (int t in patched.Inputs) written[t] = true;
        for (int t = 0; t < written.Length; t++)
        {
            var info = patched.Tensors[t];
            written[t] |= info.Constant.IsPresent || info.IsVariable || info.Shape.ElementCount == 0;
        }
        foreach (var node in patched.Nodes)
        {
            foreach (int t in node.Inputs) Check.That(t < 0 || written[t]);
            foreach (int t in node.Outputs)
            {
                if (t >= 0) written[t] = true;
            }
        }
        foreach (int t in patched.Outputs) Check.That(written[t]);
    }
}
