using Graft.Graphs;

namespace Graft.Ops;

/// <summary>Where adapters may be bound, the operator reads tensors that are no inputs of its node; they are kept until it has run.</summary>
internal interface IReadsBeyond
{
    /// <summary>The tensors, all written before the node runs.</summary>
    ReadOnlySpan<int> Beyond(Subgraph subgraph, Node node);
}
