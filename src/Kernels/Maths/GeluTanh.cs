using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// GELU's approximation x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), which is x sigmoid(w) with w = x (c1 + c3 x^2).
/// w is carried in two floats, since the exponential multiplies its relative error.
/// </summary>
internal readonly struct GeluTanh : IMathFn, IPlainFn
{
    // 2 sqrt(2/pi), and the same times 0.044715, each as a float and what the float lacks.
    private const float C1 = 1.5957691f;
    private const float C1Rest = (float)(1.5957691216057308 - C1);
    private const float C3 = 0.071354814f;
    private const float C3Rest = (float)(0.07135481627260025 - C3);

    // e^w underflows left of -10.4.
    private const float Highest = 11f;

    public static double UlpMax => 2.0;

    public static float Plain(float x) => 0.5f * x * (1 + MathF.Tanh(0.7978845608f * (x + (0.044715f * x * x * x))));

    public static void Plain(ReadOnlySpan<float> input, Span<float> output) => PlainMap.Apply<GeluTanh>(input, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double>
    {
        D cube = L.ToFloats(L.ToFloats(L.ToFloats(x * D.Splat(0.044715f)) * x) * x);
        D argument = L.ToFloats(L.ToFloats(x + cube) * D.Splat(0.7978845608f));
        D gate = L.ToFloats(D.Splat(1) + L.ToFloats(TanhLanes.Tanh(argument)));
        return L.ToFloats(x * D.Splat(0.5)) * gate;
    }

    public static double Exact(double x)
    {
        if (double.IsNegativeInfinity(x)) return double.NaN;
        double w = 2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));
        return x * Sigmoid.Exact(w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V bounded = V.Max(V.Splat(-Highest), V.Min(V.Splat(Highest), x));
        V square = bounded * bounded;
        V squareRest = ErrorFree.ProductError(bounded, bounded, square);
        V c1 = V.Splat(C1), c3 = V.Splat(C3);
        V cubic = square * c3;
        V rest = ErrorFree.ProductError(square, c3, cubic);
        rest = V.MulAddEstimate(squareRest, c3, V.MulAddEstimate(square, V.Splat(C3Rest), rest));
        V k = c1 + cubic;
        rest = rest + ErrorFree.SumError(c1, cubic, k) + V.Splat(C1Rest);
        V w = bounded * k;
        V wRest = V.MulAddEstimate(bounded, rest, ErrorFree.ProductError(bounded, k, w));
        // Infinities must not meet the gate's correction; the negative one meets a vanished gate and gives NaN, as in the reference.
        V result = V.Select(V.Less(x, V.Splat(-Highest)), x * V.Splat(0), Sigmoid.Scale(w, wRest, x));
        return V.Select(V.Less(V.Splat(Highest), x), x, result);
    }
}
