using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>One row per real function; the bound and the exact form are the function's own.</summary>
internal sealed class MathCase
{
    public delegate void Loop(ReadOnlySpan<float> input, Span<float> output);

    public static readonly MathCase[] All =
    [
        Of<Exp>(), Of<Log>(), Of<Elu>(), Of<Tanh>(), Of<Sigmoid>(), Of<Erf>(), Of<Gelu>(), Of<GeluTanh>(), Of<Sin>(),
        Of<Cos>(),
        Of<Sqrt>(), Of<Rsqrt>(), Of<Cbrt>(), Of<HardSwish>(), Of<CellTanh>(), Of<CellSigmoid>(), Of<Swish>(),
    ];

    public required string Name { get; init; }
    public required double UlpMax { get; init; }
    public required Func<double, double> Exact { get; init; }
    public required Loop Apply { get; init; }

    /// <summary>The same loop at each width, the one-lane form first.</summary>
    public required Loop[] Widths { get; init; }

    public static MathCase Named(string name) => All.Single(row => row.Name == name);

    public override string ToString() => Name;

    /// <summary>
    /// Distance of a result in units of the last place of the exact value; infinity where a special value is wrong.
    /// </summary>
    public double Distance(float x, float got)
    {
        double exact = Exact(x);
        float nearest = (float)exact;
        if (float.IsNaN(nearest)) return float.IsNaN(got) ? 0 : double.PositiveInfinity;
        if (float.IsInfinity(nearest) || float.IsInfinity(got) || float.IsNaN(got))
            return OverflowAgrees(exact, got) ? 0 : double.PositiveInfinity;
        return Math.Abs(got - exact) / Unit(exact);
    }

    /// <summary>One unit in the last place of a number as a float, denormal ones included.</summary>
    private static double Unit(double exact)
    {
        const int leastNormal = 1023 - 126, lastPlace = 23;
        int exponent = (int)(BitConverter.DoubleToInt64Bits(exact) >> 52) & 0x7FF;
        return BitConverter.Int64BitsToDouble((long)(Math.Max(exponent, leastNormal) - lastPlace) << 52);
    }

    public string? FirstFailure(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        for (int i = 0; i < input.Length; i++)
        {
            double distance = Distance(input[i], output[i]);
            if (distance <= UlpMax) continue;
            return $"{Name}({input[i]:R}) = {output[i]:R}, exactly {Exact(input[i]):R}: "
                + $"{distance:F3} ulp, allowed {UlpMax}";
        }
        return null;
    }

    // Within the bound of the greatest float, overflow and its absence are both right.
    private bool OverflowAgrees(double exact, float got)
    {
        if (!float.IsInfinity(got) || !float.IsInfinity((float)exact))
            return Math.Abs(Math.Abs(exact) - float.MaxValue) <= UlpMax * Math.ScaleB(1, 104) && !float.IsNaN(got);
        return (float)exact == got;
    }

    private static MathCase Of<TFn>() where TFn : struct, IMathFn => new()
    {
        Name = typeof(TFn).Name,
        UlpMax = TFn.UlpMax,
        Exact = TFn.Exact,
        Apply = Map.Apply<TFn, float>,
        Widths = [At<TFn, Scalar<float>>, At<TFn, V128<float>>, At<TFn, V256<float>>, At<TFn, V512<float>>],
    };

    private static void At<TFn, V>(ReadOnlySpan<float> input, Span<float> output)
        where TFn : struct, IMathFn
        where V : unmanaged, ISimd<V, float> =>
        Map.Run<Map.Stateless<TFn, float>, float, V>(default, input, output);
}
