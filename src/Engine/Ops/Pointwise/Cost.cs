namespace Graft.Ops.Pointwise;

/// <summary>What kernels cost per element, in eighths of an elementary operation: estimates for sharing work among threads.</summary>
internal static class Cost
{
    public const int Unit = 8;

    /// <summary>A few vector instructions.</summary>
    public const int Vector = 2;

    /// <summary>A polynomial, or fixed-point arithmetic, on vectors.</summary>
    public const int VectorMath = 8;

    /// <summary>A loop over single elements.</summary>
    public const int Scalar = 16;

    /// <summary>A library function for each element.</summary>
    public const int ScalarMath = 160;
}
