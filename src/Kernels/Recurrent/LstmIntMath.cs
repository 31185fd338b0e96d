using System.Numerics;
using Graft.Kernels.Quant;

namespace Graft.Kernels.Recurrent;

/// <summary>The element-wise parts of an int8 LSTM step whose gates and cell state have 16 bits.</summary>
internal static class LstmIntMath
{
    /// <summary>target = saturate(target + zeroPoint + (sums + bias) * factor); an empty bias counts as zeros.</summary>
    public static void AddScaled<T>(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, QuantizedMultiplier factor, int zeroPoint, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < target.Length; i++)
        {
            int sum = unchecked(sums[i] + (bias.IsEmpty ? 0 : bias[i]));
            target[i] = T.CreateSaturating(unchecked(FixedPoint.Multiply(sum, factor) + zeroPoint + int.CreateTruncating(target[i])));
        }
    }

    /// <summary>
    /// gate[i] = saturate(gate[i] + weights[i mod period] * cell[i] * factor) for the first elements. The reference steps through them with
    /// the number of outputs as period, which is not that of the cells when there is a projection; results follow it.
    /// </summary>
    public static void AddPeephole(ReadOnlySpan<short> weights, int period, ReadOnlySpan<short> cell, QuantizedMultiplier factor, Span<short> gate)
    {
        for (int i = 0; i < gate.Length; i++)
        {
            int product = FixedPoint.Multiply(weights[i % period] * cell[i], factor);
            gate[i] = short.CreateSaturating(product + gate[i]);
        }
    }

    /// <summary>
    /// Layer norm of each row: mean and deviation in units of 1/1024, the inverse deviation by <see cref="InverseSquareRoot"/>, then weights
    /// and bias. A variance below one becomes <paramref name="varianceMin"/>.
    /// </summary>
    public static void Normalize(Span<short> rows, ReadOnlySpan<short> weights, ReadOnlySpan<int> bias, QuantizedMultiplier factor, int varianceMin)
    {
        const int Unit = 1 << 20;
        int n = weights.Length;
        var wider = factor with { Shift = factor.Shift + 12 };
        for (int at = 0; at < rows.Length; at += n)
        {
            var row = rows.Slice(at, n);
            long sum = 0, squares = 0;
            foreach (short x in row)
            {
                sum += x;
                squares += x * x;
            }
            int mean = (int)(sum * 1024 / n);
            long variance = squares * (Unit / n) - (long)mean * mean;
            int whole = (int)(variance / Unit);
            var inverse = InverseSquareRoot.Of(whole < 1 ? varianceMin : whole);
            for (int i = 0; i < n; i++)
            {
                int scaled = FixedPoint.Multiply(1024 * row[i] - mean, inverse);
                long weighted = unchecked(scaled * weights[i] + bias[i]);
                int rounded = (int)((weighted > 0 ? weighted + 512 : weighted - 512) / 1024);
                row[i] = short.CreateSaturating(FixedPoint.Multiply(rounded, wider));
            }
        }
    }

    /// <summary>
    /// state = saturate(forget * state * 2^-15 + input * candidate * 2^-shift), each product rounded; the input gate is 32767 - forget when it
    /// is empty. Clipped when clip is positive.
    /// </summary>
    public static void UpdateCell(ReadOnlySpan<short> input, ReadOnlySpan<short> forget, ReadOnlySpan<short> candidate, int shift, short clip, Span<short> state)
    {
        for (int i = 0; i < state.Length; i++)
        {
            short kept = (short)FixedPoint.DivideByPot(forget[i] * state[i], 15);
            short gate = input.IsEmpty ? (short)(short.MaxValue - forget[i]) : input[i];
            short added = (short)FixedPoint.DivideByPot(gate * candidate[i], shift);
            short sum = short.CreateSaturating(kept + added);
            state[i] = clip > 0 ? Math.Max(Math.Min(clip, sum), (short)-clip) : sum;
        }
    }

    /// <summary>output = saturate to int8 of (gate * value * factor + zeroPoint), plus <paramref name="offset"/>.</summary>
    public static void Hidden<T>(ReadOnlySpan<short> gate, ReadOnlySpan<short> values, QuantizedMultiplier factor, int zeroPoint, int offset, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < output.Length; i++)
        {
            sbyte hidden = sbyte.CreateSaturating(FixedPoint.Multiply(gate[i] * values[i], factor) + zeroPoint);
            output[i] = T.CreateTruncating(hidden + offset);
        }
    }

    /// <summary>Limits values to [-clip, clip]; does nothing unless clip is positive.</summary>
    public static void Clip(Span<sbyte> values, sbyte clip)
    {
        if (clip <= 0) return;
        foreach (ref sbyte x in values) x = Math.Max(Math.Min(clip, x), (sbyte)-clip);
    }
}
