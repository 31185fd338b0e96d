namespace Graft.Kernels.Gemm;

/// <summary>A product with where its parts lie, checked: rows of C and of the addend begin at multiples of their strides.</summary>
internal readonly ref struct FloatProduct
{
    public readonly LeftRows<float> Left;
    public readonly ReadOnlySpan<float> Right, Bias, Addend;
    public readonly Span<float> C;
    public readonly int Columns, StrideC, StrideAddend, StrideRight;
    public readonly float Min, Max;

    /// <summary>Rows of <see cref="Rank"/> numbers, and what they are multiplied with, packed: a second product with whose terms the sums go on.</summary>
    public readonly ReadOnlySpan<float> Shrunk, Expand;
    public readonly int Rank;

    /// <summary>The range that clamps nothing.</summary>
    public static readonly (float, float) Unbounded = (float.NegativeInfinity, float.PositiveInfinity);

    /// <param name="left">The left matrix.</param>
    /// <param name="right">The right matrix in the form of <see cref="FloatPanels"/>, or its rows.</param>
    /// <param name="columns">Columns of the right matrix.</param>
    /// <param name="bias">One number for each column, or empty.</param>
    /// <param name="range">What results are clamped to.</param>
    /// <param name="c">The results; the span begins at column 0.</param>
    /// <param name="strideC">Distance of rows in <paramref name="c"/>.</param>
    /// <param name="addend">A matrix that is added before clamping, or empty.</param>
    /// <param name="strideAddend">Distance of its rows.</param>
    /// <param name="strideRight">Distance of the rows of a right matrix that is not packed; its columns fill whole vectors.</param>
    public FloatProduct(LeftRows<float> left, ReadOnlySpan<float> right, int columns, ReadOnlySpan<float> bias, (float Min, float Max) range,
        Span<float> c, int strideC, ReadOnlySpan<float> addend = default, int strideAddend = 0, int strideRight = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(left.Count - 1) * strideC + columns, c.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(strideRight == 0 ? FloatPanels.Length(left.K, columns) : (left.K - 1L) * strideRight + columns, right.Length);
        // Tiles read whole vectors.
        if (strideRight != 0) ArgumentOutOfRangeException.ThrowIfNotEqual(columns % FloatPanels.Lanes, 0);
        if (!bias.IsEmpty) ArgumentOutOfRangeException.ThrowIfLessThan(bias.Length, columns);
        if (!addend.IsEmpty) ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(left.Count - 1) * strideAddend + columns, addend.Length);
        Left = left;
        Right = right;
        Bias = bias;
        Addend = addend;
        C = c;
        (Columns, StrideC, StrideAddend, StrideRight) = (columns, strideC, strideAddend, strideRight);
        (Min, Max) = range;
    }

    /// <summary>A product of packed matrices, whose sums go on with the terms of a second one.</summary>
    public FloatProduct(scoped in FloatProduct first, ReadOnlySpan<float> shrunk, int rank, ReadOnlySpan<float> expand)
    {
        if (first.StrideRight != 0) throw new ArgumentException("the right side is not packed", nameof(first));
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first.Left.Count * rank, shrunk.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FloatPanels.Length(rank, first.Columns), expand.Length);
        this = first;
        Shrunk = shrunk;
        Rank = rank;
        Expand = expand;
    }
}
