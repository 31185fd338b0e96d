using Graft.Graphs;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Walks the stored elements of a sparse constant in the order in which they are stored.</summary>
internal sealed class SparseLayout
{
    private readonly Sparsity _sparsity;
    private readonly int[] _dense;
    private readonly int[] _blockSizes;
    private readonly int[] _blockOf;

    public SparseLayout(Sparsity sparsity, Shape shape)
    {
        _sparsity = sparsity;
        _dense = shape.Dimensions.ToArray();
        _blockSizes = new int[_dense.Length];
        _blockOf = [.. sparsity.BlockMap];
        Array.Fill(_blockSizes, 1);
        for (int level = 0; level < sparsity.TraversalOrder.Length; level++)
        {
            int block = sparsity.TraversalOrder[level] - _dense.Length;
            if (block >= 0) _blockSizes[_blockOf[block]] = Math.Max(sparsity.Dimensions[level].DenseSize, 1);
        }
    }

    /// <summary>Elements of the dense form.</summary>
    public int Count => _dense.Aggregate(1, (count, d) => count * d);

    /// <summary>Why a layout cannot describe a tensor of this shape, or null.</summary>
    public static string? Problem(Sparsity sparsity, Shape shape)
    {
        var layout = new SparseLayout(sparsity, shape);
        for (int level = 0; level < sparsity.Dimensions.Length; level++)
        {
            var dimension = sparsity.Dimensions[level];
            int axis = sparsity.TraversalOrder[level];
            bool isBlock = axis >= shape.Rank;
            if (isBlock) axis = layout._blockOf[axis - shape.Rank];
            long covered = (long)dimension.DenseSize * (isBlock ? 1 : layout._blockSizes[axis]);
            if (dimension.IsDense && covered > shape[axis])
            {
                return $"level {level} of the sparse layout covers {covered} of axis {axis}, "
                    + $"whose length is {shape[axis]}";
            }
            if (isBlock && !dimension.IsDense) return $"level {level} of the sparse layout is a block, but not dense";
        }
        return null;
    }

    /// <summary>Writes the dense form: zeros, and every stored element at its place.</summary>
    public void Expand<T>(ReadOnlySpan<T> values, Span<T> output) where T : unmanaged
    {
        output.Clear();
        Span<int> at = stackalloc int[_dense.Length];
        at.Clear();
        int next = 0;
        Expand(0, 0, at, values, output, ref next);
    }

    private void Expand<T>(int level, int segment, Span<int> at, ReadOnlySpan<T> values, Span<T> output, ref int next)
        where T : unmanaged
    {
        if (level == _sparsity.Dimensions.Length)
        {
            if (next >= values.Length)
            {
                StepFault.Raise($"the sparse layout describes more than the {values.Length} stored elements");
            }
            output[Offset(at)] = values[next++];
            return;
        }
        var dimension = _sparsity.Dimensions[level];
        if (!dimension.IsDense && segment + 1 >= dimension.Segments.Length) return;
        int first = dimension.IsDense ? segment * dimension.DenseSize : dimension.Segments[segment];
        int last = dimension.IsDense ? first + dimension.DenseSize : dimension.Segments[segment + 1];
        int axis = _sparsity.TraversalOrder[level];
        bool isBlock = axis >= _dense.Length;
        if (isBlock) axis = _blockOf[axis - _dense.Length];
        int step = isBlock ? 1 : _blockSizes[axis], before = at[axis];
        for (int i = first; i < last; i++)
        {
            at[axis] = before + (dimension.IsDense ? i - first : dimension.Indices[i]) * step;
            Expand(level + 1, i, at, values, output, ref next);
        }
        at[axis] = before;
    }

    private int Offset(ReadOnlySpan<int> at)
    {
        int offset = 0;
        for (int d = 0; d < at.Length; d++)
        {
            if ((uint)at[d] >= (uint)_dense[d])
            {
                StepFault.Raise($"the sparse layout places an element at {at[d]} of axis {d}, "
                    + $"whose length is {_dense[d]}");
            }
            offset = offset * _dense[d] + at[d];
        }
        return offset;
    }
}
