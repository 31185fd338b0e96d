using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>Turns the sums of integer matrix products into quantised outputs, one row of output channels at a time.</summary>
internal static class Requantize
{
    /// <summary>
    /// output[i] = clamp(zeroPoint + (sums[i] + bias[i]) * multiplier[i] * 2^(shift[i] - 31)): a saturating rounding doubling high
    /// multiply, then a shift with ties away from zero, as the reference's convolutions round. Sums wrap. An empty bias counts as zeros.
    /// </summary>
    public static void FixedPoint<TOut>(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, ReadOnlySpan<int> multipliers, ReadOnlySpan<int> shifts,
        int zeroPoint, int min, int max, Span<TOut> output)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int n = output.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, Math.Min(sums.Length, Math.Min(multipliers.Length, shifts.Length)));
        if (!bias.IsEmpty) ArgumentOutOfRangeException.ThrowIfGreaterThan(n, bias.Length);
        var row = new Row(zeroPoint, min, max);
        int done = Isa.Current switch
        {
            VectorWidth.V512 => Run<Lanes512, V512<float>, V512<int>, TOut>(sums, bias, multipliers, shifts, row, output, 0),
            VectorWidth.V256 => Run<Lanes256, V256<float>, V256<int>, TOut>(sums, bias, multipliers, shifts, row, output, 0),
            VectorWidth.V128 => Run<Lanes128, V128<float>, V128<int>, TOut>(sums, bias, multipliers, shifts, row, output, 0),
            _ => 0,
        };
        Run<LanesScalar, Scalar<float>, Scalar<int>, TOut>(sums, bias, multipliers, shifts, row, output, done);
    }

    /// <summary>The same, but ties of the shift go upward, as in the reference's optimised kernels.</summary>
    public static void FixedPointUp<TOut>(ReadOnlySpan<int> sums, ReadOnlySpan<int> multipliers, ReadOnlySpan<int> shifts, int zeroPoint, int min, int max,
        Span<TOut> output)
        where TOut : unmanaged, IBinaryInteger<TOut>
    {
        for (int i = 0; i < output.Length; i++)
        {
            var factor = new QuantizedMultiplier(multipliers[i], shifts[i]);
            long product = Quant.FixedPoint.HighMul(sums[i] << factor.LeftShift, factor.Mantissa);
            int scaled = (int)((product + (1L << factor.RightShift >> 1)) >> factor.RightShift);
            output[i] = TOut.CreateTruncating(Math.Clamp(scaled + zeroPoint, min, max));
        }
    }

    /// <summary>
    /// <see cref="FixedPoint"/> of 64-bit sums: the multiplier is rounded to 16 bits, then one rounding half up, as the reference does for 16-bit activations.
    /// </summary>
    public static void FixedPoint16<TBias, TOut>(ReadOnlySpan<long> sums, ReadOnlySpan<TBias> bias, ReadOnlySpan<int> multipliers, ReadOnlySpan<int> shifts,
        int zeroPoint, int min, int max, Span<TOut> output)
        where TBias : unmanaged, IBinaryInteger<TBias>
        where TOut : unmanaged, IBinaryInteger<TOut>
    {
        for (int i = 0; i < output.Length; i++)
        {
            long sum = sums[i] + (bias.IsEmpty ? 0 : long.CreateTruncating(bias[i]));
            int scaled = Quant.FixedPoint.MultiplyReduced(sum, new(multipliers[i], shifts[i]));
            output[i] = TOut.CreateTruncating(Math.Clamp(scaled + zeroPoint, min, max));
        }
    }

    /// <summary>
    /// output[i] = clamp(zeroPoint + round((sum[i] + bias[i]) * scale[i])) in double, halves away from zero, as the reference's fully
    /// connected layers round.
    /// </summary>
    public static void Double<TSum, TBias, TOut>(ReadOnlySpan<TSum> sums, ReadOnlySpan<TBias> bias, ReadOnlySpan<double> scales,
        int zeroPoint, int min, int max, Span<TOut> output)
        where TSum : unmanaged, IBinaryInteger<TSum>
        where TBias : unmanaged, IBinaryInteger<TBias>
        where TOut : unmanaged, IBinaryInteger<TOut>
    {
        for (int i = 0; i < output.Length; i++)
        {
            TSum sum = bias.IsEmpty ? sums[i] : sums[i] + TSum.CreateTruncating(bias[i]);
            double scaled = Math.Round(double.CreateTruncating(sum) * scales[i], MidpointRounding.AwayFromZero);
            // Beyond int32 the reference's conversion gives the smallest integer.
            int rounded = scaled is >= int.MinValue and < 2147483648.0 ? (int)scaled : int.MinValue;
            output[i] = TOut.CreateTruncating(Math.Clamp(unchecked(rounded + zeroPoint), min, max));
        }
    }

    private readonly record struct Row(int ZeroPoint, int Min, int Max);

    // In bounds: the caller checked all lengths against the output's.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<L, F, I, TOut>(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, ReadOnlySpan<int> multipliers, ReadOnlySpan<int> shifts,
        in Row row, Span<TOut> output, int begin)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int i = begin;
        ref readonly int sum = ref MemoryMarshal.GetReference(sums);
        ref readonly int biases = ref MemoryMarshal.GetReference(bias);
        ref readonly int multiplier = ref MemoryMarshal.GetReference(multipliers);
        ref readonly int shift = ref MemoryMarshal.GetReference(shifts);
        ref TOut target = ref MemoryMarshal.GetReference(output);
        I zero = I.Splat(row.ZeroPoint), low = I.Splat(row.Min), high = I.Splat(row.Max);
        for (; i + I.Count <= output.Length; i += I.Count)
        {
            nuint at = (nuint)i;
            I x = I.Load(in sum, at);
            if (!bias.IsEmpty) x += I.Load(in biases, at);
            I exponent = I.Load(in shift, at), none = I.Splat(0);
            I scaled = FixedPointLanes<L, F, I>.Multiply(x, I.Load(in multiplier, at), I.Max(exponent, none), I.Max(-exponent, none)) + zero;
            L.StoreNarrow(I.Min(I.Max(scaled, low), high), ref target, at);
        }
        return i;
    }
}
