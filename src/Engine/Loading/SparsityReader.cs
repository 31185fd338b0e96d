using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Schema;

namespace Graft.Loading;

/// <summary>Reads the layout of a sparse constant and checks that its indices stay inside the dense shape.</summary>
internal static class SparsityReader
{
    public static Sparsity? Read(TensorView view, Shape shape, string path)
    {
        var sparsity = view.Sparsity;
        if (!sparsity.IsPresent) return null;
        path += ".sparsity";
        var order = sparsity.TraversalOrder;
        var blocks = sparsity.BlockMap;
        int stored = shape.Rank + blocks.Length;
        if (order.Length != stored || sparsity.DimMetadata.Count != stored)
        {
            throw TensorReader.Malformed(view, path, $"{order.Length} traversed and {sparsity.DimMetadata.Count} described dimensions; rank {shape.Rank} with {blocks.Length} blocks needs {stored}");
        }
        var seen = new bool[stored];
        foreach (int d in order)
        {
            if ((uint)d >= (uint)stored || seen[d]) throw TensorReader.Malformed(view, $"{path}.traversal_order", $"dimension {d} is out of range or repeated");
            seen[d] = true;
        }
        foreach (int d in blocks)
        {
            if ((uint)d >= (uint)shape.Rank) throw TensorReader.Malformed(view, $"{path}.block_map", $"dimension {d} is outside rank {shape.Rank}");
        }
        var dimensions = ImmutableArray.CreateBuilder<SparseDimension>(stored);
        for (int i = 0; i < stored; i++) dimensions.Add(Dimension(view, sparsity.DimMetadata[i], $"{path}.dim_metadata[{i}]"));
        return new([.. order], [.. blocks], dimensions.MoveToImmutable());
    }

    private static SparseDimension Dimension(TensorView view, DimensionMetadataView d, string path)
    {
        if (d.Format == DimensionType.Dense)
        {
            if (d.DenseSize <= 0) throw TensorReader.Malformed(view, $"{path}.dense_size", $"{d.DenseSize} is not positive");
            return new(true, d.DenseSize, [], []);
        }
        var segments = Values(d.ArraySegments, d, segments: true);
        var indices = Values(d.ArrayIndices, d, segments: false);
        if (segments.IsDefaultOrEmpty || segments[0] != 0 || segments[^1] != indices.Length)
        {
            throw TensorReader.Malformed(view, path, $"segments must rise from 0 to the {indices.Length} indices");
        }
        for (int i = 1; i < segments.Length; i++)
        {
            if (segments[i] < segments[i - 1]) throw TensorReader.Malformed(view, path, "segments must not fall");
        }
        if (indices.Any(x => x < 0)) throw TensorReader.Malformed(view, path, "an index is negative");
        return new(false, 0, segments, indices);
    }

    private static ImmutableArray<int> Values(SparseIndexVector kind, DimensionMetadataView d, bool segments) => kind switch
    {
        SparseIndexVector.Int32Vector => [.. (segments ? d.ArraySegmentsAs<Int32VectorView>() : d.ArrayIndicesAs<Int32VectorView>()).Values],
        SparseIndexVector.Uint16Vector => Widen((segments ? d.ArraySegmentsAs<Uint16VectorView>() : d.ArrayIndicesAs<Uint16VectorView>()).Values),
        SparseIndexVector.Uint8Vector => Widen((segments ? d.ArraySegmentsAs<Uint8VectorView>() : d.ArrayIndicesAs<Uint8VectorView>()).Values),
        _ => [],
    };

    private static ImmutableArray<int> Widen<T>(ReadOnlySpan<T> values) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var wide = new int[values.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = int.CreateChecked(values[i]);
        return [.. wide];
    }
}
