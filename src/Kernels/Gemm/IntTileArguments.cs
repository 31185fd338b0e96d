using System.Runtime.CompilerServices;

namespace Graft.Kernels.Gemm;

/// <summary>What one call of an integer tile works on: a few rows of the left matrix, a part of one panel, and where the sums go.</summary>
internal ref struct IntTileArguments
{
    /// <summary>The left factors; row r of the tile begins at Starts[r]. Distances are in bytes.</summary>
    public ref byte Left;
    public RowStarts Starts;

    /// <summary>Where the runs of consecutive words begin, counted from the start of a row; all are as long.</summary>
    public ref int Segments;
    public int SegmentCount;

    /// <summary>Bytes of the words of one run.</summary>
    public int SegmentBytes;

    /// <summary>The panel: for each word all columns.</summary>
    public ref byte Right;

    /// <summary>What the sums of row 0 begin with; those of the others follow after StrideFirst elements, 0 where all begin alike.</summary>
    public ref int First;
    public nuint StrideFirst;

    /// <summary>The sums, row after row.</summary>
    public ref int Sums;

    /// <summary>Goes on behind so many rows of sums.</summary>
    // In bounds: the caller's, as the rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next(int rows, int width)
    {
        First = ref Unsafe.Add(ref First, rows * (nint)StrideFirst);
        Sums = ref Unsafe.Add(ref Sums, rows * width);
    }
}
