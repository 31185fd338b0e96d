using System.Collections.Immutable;

namespace Graft.Graphs;

/// <summary>
/// The layout of a sparse constant (TACO style): the order in which dimensions are stored, which dimensions are split into blocks,
/// and for each stored dimension either its dense size or its compressed segments and indices.
/// </summary>
internal sealed record Sparsity(ImmutableArray<int> TraversalOrder, ImmutableArray<int> BlockMap, ImmutableArray<SparseDimension> Dimensions);

/// <summary>One stored dimension: dense with a size, or compressed sparse rows with segments and indices.</summary>
internal sealed record SparseDimension(bool IsDense, int DenseSize, ImmutableArray<int> Segments, ImmutableArray<int> Indices);
