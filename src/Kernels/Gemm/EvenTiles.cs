namespace Graft.Kernels.Gemm;

/// <summary>Rows in as few tiles as can hold them, as equal in height as they can be, the taller ones first: low ones do not fill the pipeline.</summary>
internal readonly struct EvenTiles
{
    public readonly int Count, Least, Taller;

    /// <param name="rows">Rows of the product; none make no tiles.</param>
    /// <param name="tallest">Rows of the tallest tile.</param>
    public EvenTiles(int rows, int tallest)
    {
        Count = (rows + tallest - 1) / tallest;
        Least = rows / Math.Max(Count, 1);
        Taller = rows - Count * Least;
    }

    /// <summary>Rows of a tile.</summary>
    public int Height(int tile) => tile < Taller ? Least + 1 : Least;
}
