using Graft.Kernels.Quant;

namespace Graft.Kernels.Recurrent;

/// <summary>The legacy 8-bit LSTM cell: gates in the order input, candidate, forget, output; state with four integer bits.</summary>
internal static class BasicCell
{
    /// <summary>gates = saturate((sums + bias) * factor); of the two roundings the second, of the shift, resolves ties upward.</summary>
    public static void Gates(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, QuantizedMultiplier factor, Span<short> gates)
    {
        int half = factor.RightShift == 0 ? 0 : 1 << (factor.RightShift - 1);
        for (int i = 0; i < gates.Length; i++)
        {
            int product = FixedPoint.HighMul(unchecked(sums[i] + bias[i]) << factor.LeftShift, factor.Mantissa);
            gates[i] = short.CreateSaturating(((long)product + half) >> factor.RightShift);
        }
    }

    /// <summary>
    /// One row: <paramref name="gates"/> are four runs of 16-bit sums with three integer bits; state and activation are written. Products are
    /// rounded to 16 bits, the activation to 8 bits with zero point 128.
    /// </summary>
    public static void Row(ReadOnlySpan<short> gates, ReadOnlySpan<short> previous, Span<short> state, Span<byte> activation)
    {
        short[] logistic = Fixed16Table.Logistic3, tanh = Fixed16Table.Tanh(3);
        int n = state.Length;
        for (int i = 0; i < n; i++)
        {
            short input = At(logistic, gates[i]), candidate = At(tanh, gates[n + i]), forget = At(logistic, gates[2 * n + i]);
            int added = FixedPoint.DivideByPot(Multiply(input, candidate), 4);
            state[i] = short.CreateSaturating(added + Multiply(forget, previous[i]));
            short value = Multiply(At(logistic, gates[3 * n + i]), At(tanh, short.CreateSaturating(state[i] * 2)));
            activation[i] = (byte)(128 + Math.Clamp(FixedPoint.DivideByPot(value, 8), sbyte.MinValue, sbyte.MaxValue));
        }
    }

    private static short At(ReadOnlySpan<short> table, short x) => table[x - short.MinValue];

    private static short Multiply(short a, short b) => short.CreateSaturating((a * b + (1 << 14)) >> 15);
}
