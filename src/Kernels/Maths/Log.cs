using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The natural logarithm: -infinity for zeros, NaN below; denormal arguments are right.</summary>
internal readonly struct Log : IMathFn, IPlainFn
{
    // Bits of the float next to sqrt(1/2): where the mantissa's interval [sqrt(1/2), sqrt(2)) begins.
    private const int IntervalBits = 0x3F3504F3;
    private const float LeastNormal = 1.17549435e-38f;
    private const float DenormalScale = 8388608f;
    private const float DenormalShift = 23f;
    private const float IntegerMagic = 12582912f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    public static double UlpMax => 0.85;

    public static float Plain(float x) => MathF.Log(x);

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.Apply<Log>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double> => LogLanes.Of(x);

    public static double Exact(double x) => Math.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V denormal = V.Less(x, V.Splat(LeastNormal));
        V scaled = V.Select(denormal, x * V.Splat(DenormalScale), x);
        V interval = V.Splat(BitConverter.Int32BitsToSingle(IntervalBits));
        V exponent = V.ShiftRightArithmetic(V.SubtractBits(scaled, interval), 23);
        V f = V.SubtractBits(scaled, V.ShiftLeft(exponent, 23)) - V.Splat(1);
        V magic = V.Splat(IntegerMagic);
        V e = (V.AddBits(exponent, magic) - magic) - (denormal & V.Splat(DenormalShift));

        // (log(1 + f) - f + f^2/2) / f^3 on the interval, weighted by f^3/log(1 + f): 7.6e-10.
        V g = V.MulAddEstimate(
            Polynomial.Of(
                f, -2.500000894e-01f, 2.000213414e-01f, -1.666800678e-01f, 1.421922445e-01f, -1.240513623e-01f,
                1.189032421e-01f, -1.167965233e-01f, 6.746596098e-02f),
            f,
            V.Splat(3.333331347e-01f));
        V square = f * f;
        V y = V.MulAddEstimate(e, V.Splat(Ln2Low), square * f * g);
        y = V.MulAddEstimate(square, V.Splat(-0.5f), y);
        V result = V.MulAddEstimate(e, V.Splat(Ln2High), f + y);

        V zero = V.Splat(0);
        result = V.Select(V.Equal(x, zero), V.Splat(float.NegativeInfinity), result);
        result = V.Select(V.Less(x, zero), V.Splat(float.NaN), result);
        return V.Select(V.Less(x, V.Splat(float.PositiveInfinity)), result, x);
    }
}
