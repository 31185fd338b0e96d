using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// The logistic function of recurrent cells: e / (1 + e) with e the square of e^(x/2), by the reference's polynomial and with its roundings, so
/// that it has the reference's bits. Coarser than <see cref="Sigmoid"/>, for states that are compared with the reference's over many steps.
/// </summary>
internal readonly struct CellSigmoid : IMathFn
{
    // The first x whose result is one, and one below which it is zero (values of the reference).
    private const float Highest = 16.6355324f, Lowest = -104;

    // log2(e), and ln 2 as a part of 9 bits, whose multiples by whole numbers are exact, and a rest.
    private const float Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    // 1.5 * 2^23: adding it to a whole number leaves that number in the low bits.
    private const float Magic = 12582912f;

    // The polynomial is the reference's, and so is its error: fewer units would be other bits.
    public static double UlpMax => 6.75;

    public static float Plain(float x) => Apply(Scalar<float>.Splat(x)).Value;

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => Elementwise.Map.Apply<CellSigmoid, float>(input, output);

    public static double Exact(double x) => Sigmoid.Exact(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V one = V.Splat(1), half = V.Splat(0.5f), magic = V.Splat(Magic);
        // The second operand is kept when it is NaN.
        V h = V.Min(V.Splat(Highest), x) * half;
        V n = V.Floor((h * V.Splat(Log2E)) + half);
        V r = h - (n * V.Splat(Ln2High));
        r -= n * V.Splat(Ln2Low);
        V s = r * r;
        // (e^r - 1 - r) / r^2 on |r| <= ln(2)/2: even and odd powers apart.
        V even = (s * V.Splat(4.1898667812e-2f)) + V.Splat(4.9999141693e-1f), odd = (s * V.Splat(8.3347130567e-3f)) + V.Splat(1.6666877270e-1f);
        V p = (s * ((r * odd) + even)) + (r + one);
        V power = V.AddBits(V.ShiftLeft(V.SubtractBits(n + magic, magic), 23), one);
        V root = p * power, e = root * root;
        return V.AndNot(e / (one + e), V.Less(x, V.Splat(Lowest)));
    }
}
