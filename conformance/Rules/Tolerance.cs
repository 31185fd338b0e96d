namespace Graft.Conformance.Rules;

/// <summary>The numbers of the rules; docs/conformance.md explains them.</summary>
internal static class Tolerance
{
    /// <summary>
    /// Relative error of a float result: for a single operator, for a whole model, and for double precision.
    /// </summary>
    private const double SingleOperator = 2e-6, WholeModel = 1e-5, DoublePrecision = 1e-13;

    /// <summary>
    /// A kernel set of the reference counts while it is within this many times the tolerance of <c>out/</c>.
    /// </summary>
    public const double SetFactor = 100;

    /// <summary>
    /// The same for hybrid operators, relative to the largest value: the sets quantise activations differently.
    /// </summary>
    public const double HybridSet = 0.02;

    public static double Relative(DType type, bool isWhole) =>
        type is DType.Float64 or DType.Complex128 ? DoublePrecision
        : isWhole ? WholeModel
        : SingleOperator;

    /// <summary>What quantised outputs may differ by where <c>out/</c> is not from the reference kernels.</summary>
    /// <returns>The largest number of steps, and the share of elements that may differ at all.</returns>
    public static (int Steps, double Share) Quantised(DType type, bool isWhole) => !isWhole ? (1, 0.01)
        : type is DType.Int16 or DType.UInt16 ? (16, 0.05)
        : (3, 0.05);
}
