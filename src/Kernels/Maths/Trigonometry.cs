using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The sine; the sign of zero stays, infinities give NaN.</summary>
internal readonly struct Sin : IMathFn
{
    public static double UlpMax => 1.75;

    public static float Plain(float x) => MathF.Sin(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.OneByOne<Sin>(input, output);

    public static double Exact(double x) => Math.Sin(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V a = V.Abs(x);
        V fast = Trigonometry.Quadrants(a, cosine: false) ^ (x & V.Splat(-0f));
        V reducible = V.LessOrEqual(a, V.Splat(Trigonometry.Highest));
        return V.IsZero(~reducible) ? fast : Trigonometry.PerLane(x, reducible, fast, cosine: false);
    }
}

/// <summary>The cosine; infinities give NaN.</summary>
internal readonly struct Cos : IMathFn
{
    public static double UlpMax => 1.75;

    public static float Plain(float x) => MathF.Cos(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.OneByOne<Cos>(input, output);

    public static double Exact(double x) => Math.Cos(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V a = V.Abs(x);
        V fast = Trigonometry.Quadrants(a, cosine: true);
        V reducible = V.LessOrEqual(a, V.Splat(Trigonometry.Highest));
        return V.IsZero(~reducible) ? fast : Trigonometry.PerLane(x, reducible, fast, cosine: true);
    }
}

/// <summary>Reduction by Cody and Waite, and the two polynomials, shared by sine and cosine.</summary>
internal static class Trigonometry
{
    // Up to here n * Part is exact for the first three parts, and what the fourth lacks does not show.
    public const float Highest = 1024f;

    private const float TwoOverPi = 0.636619772f;
    private const float RoundingMagic = 12582912f;

    // pi/2 in four parts, the first three of at most 11 bits.
    private const float Part1 = 1.5703125f;
    private const float Part2 = 4.837512969970703125e-4f;
    private const float Part3 = 7.5495336204767227e-8f;
    private const float Part4 = 2.563344068e-12f;

    /// <summary>sin(a) or cos(a) for 0 &lt;= a &lt;= <see cref="Highest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Quadrants<V>(V a, bool cosine) where V : unmanaged, ISimd<V, float>
    {
        V magic = V.Splat(RoundingMagic);
        V shifted = V.MulAddEstimate(a, V.Splat(TwoOverPi), magic);
        V n = shifted - magic;
        V r = V.MulAddEstimate(n, V.Splat(-Part1), a);
        r = V.MulAddEstimate(n, V.Splat(-Part2), r);
        V third = n * V.Splat(Part3), fourth = n * V.Splat(Part4);
        V upper = r - third;
        V lost = (r - upper) - third;
        r = upper - fourth;
        lost += (upper - r) - fourth;
        V s = r * r;
        // (sin(r) - r) / r^3 in s = r^2 on |r| <= 1.01 pi/4, weighted by r^3/sin(r): 4.1e-9.
        V odd = r + V.MulAddEstimate(
            s * r, Polynomial.Of(s, -1.666665375e-01f, 8.332112804e-03f, -1.950874139e-04f), lost);
        // (cos(r) - 1 + r^2/2) / r^4 in s, weighted by r^4/cos(r): 1.3e-10.
        V rest = V.MulAddEstimate(
            s * s, Polynomial.Of(s, 4.166664556e-02f, -1.388725126e-03f, 2.442568075e-05f), -(r * lost));
        V even = V.MulAddEstimate(s, V.Splat(-0.5f), V.Splat(1)) + rest;
        // The quadrant is in the low bits: bit 0 exchanges the two, bit 1 flips the sign; the cosine is one quadrant
        // ahead.
        V quadrant = cosine ? V.AddBits(shifted, V.Splat(BitConverter.Int32BitsToSingle(1))) : shifted;
        V swap = V.ShiftRightArithmetic(V.ShiftLeft(quadrant, 31), 31);
        V sign = V.ShiftLeft(V.ShiftRightLogical(quadrant, 1), 31);
        return V.Select(swap, even, odd) ^ sign;
    }

    /// <summary>
    /// Lanes too large for the reduction go through the runtime's double functions; the others keep the fast result.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V PerLane<V>(V x, V reducible, V fast, bool cosine) where V : unmanaged, ISimd<V, float>
    {
        V slow = default;
        // In bounds: Count floats of local vectors.
        ref float from = ref Unsafe.As<V, float>(ref x);
        ref float to = ref Unsafe.As<V, float>(ref slow);
        for (int i = 0; i < V.Count; i++)
        {
            double lane = Unsafe.Add(ref from, i);
            Unsafe.Add(ref to, i) = (float)(cosine ? Math.Cos(lane) : Math.Sin(lane));
        }
        return V.Select(reducible, fast, slow);
    }
}
