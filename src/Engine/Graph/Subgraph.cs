using System.Collections.Immutable;

namespace Graft.Graphs;

/// <summary>Tensors and nodes in execution order. Immutable to everyone except <see cref="Patch"/>.</summary>
internal sealed record Subgraph
{
    public required int Index { get; init; }

    public required string Name { get; init; }

    public required ImmutableArray<TensorInfo> Tensors { get; init; }

    public required ImmutableArray<Node> Nodes { get; init; }

    public required ImmutableArray<int> Inputs { get; init; }

    public required ImmutableArray<int> Outputs { get; init; }

    /// <summary>The node that makes a tensor, by a search; null for inputs and constants.</summary>
    public Node? Writer(int tensor) => Nodes.FirstOrDefault(n => n.Outputs.Contains(tensor));
}
