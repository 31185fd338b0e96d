using System.Runtime.CompilerServices;

namespace Graft.Kernels.Gemm;

/// <summary>Where the rows of a register tile begin in the left matrix.</summary>
[InlineArray(FloatTile.RowsMax)]
internal struct RowStarts
{
    private int _first;
}
