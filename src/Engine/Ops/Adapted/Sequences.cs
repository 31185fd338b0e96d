using Graft.Graphs;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// How many sequences a batch has: the leading dimension of the subgraph's inputs, whose consecutive rows are shared out over them. Shapes
/// of single tensors do not tell, since exports join batch and positions in some.
/// </summary>
internal static class Sequences
{
    /// <param name="subgraph">The subgraph.</param>
    /// <param name="shapeOf">The shape of a tensor, when it is known.</param>
    /// <returns>0 when the inputs do not agree, or none has two dimensions.</returns>
    public static int Count(Subgraph subgraph, Func<int, Shape?> shapeOf)
    {
        int count = 0;
        foreach (int input in subgraph.Inputs)
        {
            if (shapeOf(input) is not { Rank: >= 2 } shape) continue;
            if (count != 0 && count != shape[0]) return 0;
            count = shape[0];
        }
        return Math.Max(count, 0);
    }

    /// <summary>How rows of a node lie, by the sizes in front of them.</summary>
    public static RowLayout Rows(in PrepareContext c, ReadOnlySpan<int> sizes, bool mixesPositions = false)
    {
        var context = c;
        return new(sizes, Count(c.Subgraph, t => context.ShapeOf(t)), mixesPositions);
    }
}
