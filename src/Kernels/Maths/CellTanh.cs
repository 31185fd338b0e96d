using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// The hyperbolic tangent of recurrent cells: x (1 + x^2 P(x^2)) / Q(x^2) with the coefficients and the roundings of the reference, whose bits it
/// has. Coarser than <see cref="Tanh"/>, for states that are compared with the reference's over many steps.
/// </summary>
internal readonly struct CellTanh : IMathFn
{
    // Beyond, the quotient is one (value of the reference).
    private const float Highest = 7.90738964f;

    // The polynomial is the reference's, and so is its error: fewer units would be other bits.
    public static double UlpMax => 6.25;

    public static float Plain(float x) => Apply(Scalar<float>.Splat(x)).Value;

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => Elementwise.Map.Apply<CellTanh, float>(input, output);

    public static double Exact(double x) => Math.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        // The second operand is kept when it is NaN.
        x = V.Min(V.Splat(Highest), V.Max(V.Splat(-Highest), x));
        V s = x * x;
        V p = (((((V.Splat(1.394553628e-8f) * s) + V.Splat(2.102733560e-5f)) * s) + V.Splat(3.520756727e-3f)) * s) + V.Splat(1.340216100e-1f);
        V q = (((((((V.Splat(8.015776984e-7f) * s) + V.Splat(3.326951409e-4f)) * s) + V.Splat(2.597254514e-2f)) * s) + V.Splat(4.673548340e-1f)) * s) + V.Splat(1);
        return ((s * x * p) + x) / q;
    }
}
