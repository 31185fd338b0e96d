using System.Runtime.CompilerServices;

namespace Graft.Kernels.Gemm;

/// <summary>Where the rows of a register tile begin in the left matrix.</summary>
[InlineArray(FloatTile.RowsMax)]
internal struct RowStarts
{
    private int _first;

    /// <summary>
    /// This[row]. Compiled ahead of time, the indexer of an inline array is a call, and tiles that make it keep their sums in memory.
    /// </summary>
    // In bounds: a tile has no more rows than there are elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int At(int row) => Unsafe.Add(ref Unsafe.AsRef(in _first), row);
}
