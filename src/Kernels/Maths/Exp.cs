using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>e^x. Denormal results are right; overflow gives infinity and underflow zero.</summary>
internal readonly struct Exp : IMathFn, IExpFn
{
    // log2(e), and ln 2 as a part of 9 bits, whose multiples by whole numbers are exact, and a rest.
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // 1.5 * 2^23: adding it rounds to a whole number and leaves that number in the low bits.
    private const float RoundingMagic = 12582912f;

    // e^89 overflows, and e^-120 rounds to zero even after a product by 2^20, so nothing is lost beyond.
    private const float Highest = 89f;
    private const float Lowest = -120f;

    // e^-104 is less than half of the least float.
    private const float Vanishing = -104f;

    public static double UlpMax => 0.8;

    public static float Plain(float x) => MathF.Exp(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => ExpMap.Apply<Exp>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Argument<V>(V x) where V : unmanaged, ISimd<V, float> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Result<V>(V x, V exponential) where V : unmanaged, ISimd<V, float> => exponential;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V IsUnusual<V>(V x) where V : unmanaged, ISimd<V, float> => V.Less(x, V.Splat((float)ExpLanes.Lowest)) | V.Less(V.Splat((float)ExpLanes.Highest), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UsualArgument<V>(V x) where V : unmanaged, ISimd<V, float> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UsualResult<V>(V x, V exponential) where V : unmanaged, ISimd<V, float> => exponential;

    public static double Exact(double x) => Math.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        // Products that vanish take a CPU many times as long as others: masked scores are left out of them.
        V vanishes = V.Less(x, V.Splat(Vanishing));
        V p = Split(V.AndNot(x, vanishes), V.Splat(0), out V first, out V second);
        return V.AndNot(p * first * second, vanishes);
    }

    /// <summary>
    /// e^(x + rest), for a rest far smaller than x, as a product of the returned value in [0.7, 1.5] and two powers of
    /// two: neither overflows, and a denormal result loses no bits before the last product.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Split<V>(V x, V rest, out V first, out V second) where V : unmanaged, ISimd<V, float>
    {
        x = V.Min(V.Splat(Highest), V.Max(V.Splat(Lowest), x));
        V magic = V.Splat(RoundingMagic);
        V shifted = V.MulAddEstimate(x, V.Splat(Log2E), magic);
        V n = shifted - magic;
        V near = V.MulAddEstimate(n, V.Splat(-Ln2High), x);
        V correction = V.MulAddEstimate(n, V.Splat(-Ln2Low), rest);
        V r = near + correction;
        V lost = (near - r) + correction;
        // (e^r - 1 - r) / r^2 on |r| <= 1.01 ln(2)/2, weighted by r^2/e^r: 3.3e-9.
        V q = Polynomial.Of(
            r, 4.999999404e-01f, 1.666651517e-01f, 4.166845605e-02f, 8.369418792e-03f, 1.381314825e-03f);
        V one = V.Splat(1);
        V sum = one + r;
        V p = sum + (((one - sum) + r) + V.MulAddEstimate(r * r, q, lost));

        V exponent = V.SubtractBits(shifted, magic);
        V half = V.ShiftRightArithmetic(exponent, 1);
        first = V.AddBits(V.ShiftLeft(half, 23), one);
        second = V.AddBits(V.ShiftLeft(V.SubtractBits(exponent, half), 23), one);
        return p;
    }
}
