using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>The loops from dense diagonals to the places in their matrices.</summary>
internal static class Diagonals
{
    public static CopyAxis[] Axes(Shape matrices)
    {
        int rows = matrices[^2], columns = matrices[^1], length = Math.Min(rows, columns);
        return
        [
            new(checked((int)matrices.Product(0, matrices.Rank - 2)), length, (long)rows * columns),
            new(length, 1, columns + 1L),
        ];
    }
}
