namespace Graft.Kernels.Gemm;

/// <summary>A product with where its parts lie, checked: rows of C and of the addend begin at multiples of their strides.</summary>
internal readonly ref struct FloatProduct
{
    public readonly LeftRows Left;
    public readonly ReadOnlySpan<float> Packed, Bias, Addend;
    public readonly Span<float> C;
    public readonly int Columns, StrideC, StrideAddend;
    public readonly float Min, Max;

    /// <param name="left">The left matrix.</param>
    /// <param name="packed">The right matrix in the form of <see cref="FloatPanels"/>.</param>
    /// <param name="columns">Columns of the right matrix.</param>
    /// <param name="bias">One number for each column, or empty.</param>
    /// <param name="range">What results are clamped to.</param>
    /// <param name="c">The results; the span begins at column 0.</param>
    /// <param name="strideC">Distance of rows in <paramref name="c"/>.</param>
    /// <param name="addend">A matrix that is added before clamping, or empty.</param>
    /// <param name="strideAddend">Distance of its rows.</param>
    public FloatProduct(LeftRows left, ReadOnlySpan<float> packed, int columns, ReadOnlySpan<float> bias, (float Min, float Max) range,
        Span<float> c, int strideC, ReadOnlySpan<float> addend = default, int strideAddend = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(left.Count - 1) * strideC + columns, c.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FloatPanels.Length(left.K, columns), packed.Length);
        if (!bias.IsEmpty) ArgumentOutOfRangeException.ThrowIfLessThan(bias.Length, columns);
        if (!addend.IsEmpty) ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(left.Count - 1) * strideAddend + columns, addend.Length);
        Left = left;
        Packed = packed;
        Bias = bias;
        Addend = addend;
        C = c;
        (Columns, StrideC, StrideAddend) = (columns, strideC, strideAddend);
        (Min, Max) = range;
    }
}
