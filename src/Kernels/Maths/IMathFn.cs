using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Maths;

/// <summary>
/// A real function with its truth and its promise beside it, so that tests, benchmarks and the op table enumerate one
/// list. Bodies use Horner's scheme with MulAddEstimate, and constants made by a Remez exchange in 200-bit arithmetic
/// (interval and weight are stated), rounded to float. NaN gives NaN; which NaN is not specified.
/// </summary>
internal interface IMathFn : IUnaryFn<float>
{
    /// <summary>The function in double arithmetic.</summary>
    public static abstract double Exact(double x);

    /// <summary>The function as the reference writes it, in float arithmetic with the functions of the C library.</summary>
    public static abstract float Plain(float x);

    /// <summary>The same of many, on vectors where there is an <see cref="IPlainFn"/>. Input and output may be one span.</summary>
    public static abstract void Plain(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>
    /// Greatest distance from <see cref="Exact"/>, in units of the last place of the exact value as a float.
    /// </summary>
    public static abstract double UlpMax { get; }
}
