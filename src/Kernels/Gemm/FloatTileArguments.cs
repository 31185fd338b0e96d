using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>What one call of a register tile works on: a few rows of the left matrix, one panel, and where the results go.</summary>
internal ref struct FloatTileArguments
{
    /// <summary>The left matrix; row r of the tile begins at Starts[r].</summary>
    public ref float A;
    public RowStarts Starts;

    /// <summary>Where the runs of consecutive factors begin, counted from the start of a row; all are as long.</summary>
    public ref int Segments;
    public int SegmentCount;
    public int SegmentLength;

    /// <summary>The panel: for each k the columns of the tile, those of the next k after StrideB elements.</summary>
    public ref float B;
    public nint StrideB;

    /// <summary>
    /// A second product, with whose terms the sums go on: row r begins at SecondStarts[r], has SecondLength factors, and meets a panel with the same StrideB.
    /// Parts is the number of segments, and one more where there is such a product.
    /// </summary>
    public ref float SecondA, SecondB;
    public RowStarts SecondStarts;
    public int SecondLength;
    public int Parts;

    public ref float Bias;

    /// <summary>What is added to the sums before they are clamped; a null reference for nothing.</summary>
    public ref float Addend;
    public nint StrideAddend;
    public ref float C;
    public nint StrideC;
    public float Min;
    public float Max;

    /// <summary>
    /// Writes two vectors of sums, or one, at a row and column of the tile. A NaN stays a NaN: Min and Max return their second operand when
    /// one is NaN.
    /// </summary>
    // In bounds: as the tile, which lies in C and the addend.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish<V, O, TSum, TVectors>(nint row, nint column, V c0, V c1, V bias0, V bias1)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TVectors : struct, ICount
    {
        if (!TSum.BeginsWithBias) (c0, c1) = (O.Add(c0, bias0), O.Add(c1, bias1));
        if (!Unsafe.IsNullRef(ref Addend))
        {
            ref float addend = ref Unsafe.Add(ref Addend, row * StrideAddend + column);
            c0 = O.Add(c0, O.Load(ref addend, 0));
            if (Unsafe.SizeOf<TVectors>() > 1) c1 = O.Add(c1, O.Load(ref addend, (nuint)O.Count));
        }
        V low = O.Splat(Min), high = O.Splat(Max);
        ref float c = ref Unsafe.Add(ref C, row * StrideC + column);
        O.Store(O.Min(high, O.Max(low, c0)), ref c, 0);
        if (Unsafe.SizeOf<TVectors>() > 1) O.Store(O.Min(high, O.Max(low, c1)), ref c, (nuint)O.Count);
    }
}
