using System.Collections.Immutable;

namespace Graft.Graphs;

/// <summary>A model as its file describes it, or an optimised copy of it.</summary>
internal sealed record Graph
{
    public required string Description { get; init; }

    public required ImmutableArray<Subgraph> Subgraphs { get; init; }

    public required ImmutableArray<SignatureInfo> Signatures { get; init; }

    /// <summary>Name to bytes, in file order.</summary>
    public required ImmutableArray<(string Name, ConstantData Data)> Metadata { get; init; }

    /// <summary>Number of adapter slots, over all subgraphs.</summary>
    public int SlotCount { get; init; }
}

/// <summary>A named entry point: input and output names, sorted, with the tensors they stand for.</summary>
internal sealed record SignatureInfo(string Key, int Subgraph, ImmutableArray<(string Name, int Tensor)> Inputs,
    ImmutableArray<(string Name, int Tensor)> Outputs);
