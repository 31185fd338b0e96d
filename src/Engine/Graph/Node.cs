using System.Collections.Immutable;
using Graft.Ops;

namespace Graft.Graphs;

/// <summary>One operator of a subgraph, with its attributes read. Immutable.</summary>
internal sealed record Node
{
    /// <summary>Position in its subgraph.</summary>
    public required int Index { get; init; }

    public required OpId Id { get; init; }

    public required int Version { get; init; }

    /// <summary>Attributes and behaviour; null while the operator is not supported, which a load reports.</summary>
    public required IOp? Op { get; init; }

    /// <summary>Tensor indices; -1 for an absent optional input.</summary>
    public required ImmutableArray<int> Inputs { get; init; }

    public required ImmutableArray<int> Outputs { get; init; }

    public ImmutableArray<int> Intermediates { get; init; } = [];

    public required Origin Origin { get; init; }

    /// <summary>The adapter slot that an adaptable operator owns, or -1.</summary>
    public int Slot { get; init; } = -1;
}
