using Graft.Graphs;

namespace Graft.Ops;

/// <summary>What is known of a subgraph's tensors: while planning, or, with everything known, at run time.</summary>
internal interface ITensorFacts
{
    /// <summary>The shape, or null while it is unknown.</summary>
    Shape? ShapeOf(int tensor);

    void SetShape(int tensor, Shape shape);

    /// <summary>True when the values are known now; they stay valid for the call only.</summary>
    bool TryBytes(int tensor, out ReadOnlySpan<byte> bytes);

    /// <summary>Output shapes of another subgraph run on inputs of these shapes; null where they depend on values.</summary>
    Shape?[] InferSubgraph(int subgraph, ReadOnlySpan<Shape?> inputs);

    /// <summary>Another subgraph of the model.</summary>
    Subgraph Callee(int subgraph);
}
