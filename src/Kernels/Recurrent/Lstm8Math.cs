using Graft.Kernels.Quant;

namespace Graft.Kernels.Recurrent;

/// <summary>The parts of the older int8 LSTM, whose products are kept in 8 bits and whose norms and activations are float.</summary>
internal static class Lstm8Math
{
    /// <summary>Gates before their activation have three integer bits.</summary>
    private const float GateOne = 1 << 12;

    /// <summary>One with no integer bit.</summary>
    private const float ValueOne = 1 << 15;

    /// <summary>The variance of a constant row (value of the reference).</summary>
    private const float VarianceMin = 1e-8f;

    /// <summary>gate = saturate((input - inputZeroPoint) * inputFactor + (recurrent - recurrentZeroPoint) * recurrentFactor).</summary>
    public static void Add(ReadOnlySpan<sbyte> input, int inputZeroPoint, QuantizedMultiplier inputFactor, ReadOnlySpan<sbyte> recurrent,
        int recurrentZeroPoint, QuantizedMultiplier recurrentFactor, Span<short> gate)
    {
        for (int i = 0; i < gate.Length; i++)
        {
            int x = FixedPoint.Multiply(input[i] - inputZeroPoint, inputFactor), h = FixedPoint.Multiply(recurrent[i] - recurrentZeroPoint, recurrentFactor);
            gate[i] = short.CreateSaturating(x + h);
        }
    }

    /// <summary>Layer norm of one row in float32; weights have the given scale, the bias one of 1/1024 of it.</summary>
    public static void Normalize(Span<short> row, ReadOnlySpan<short> weights, float scale, ReadOnlySpan<int> bias)
    {
        float sum = 0, squares = 0, biasScale = scale / 1024;
        foreach (short x in row)
        {
            sum += x;
            squares += (float)x * x;
        }
        float mean = sum / row.Length, variance = squares / row.Length - mean * mean;
        float inverse = 1 / MathF.Sqrt(variance == 0 ? VarianceMin : variance);
        for (int i = 0; i < row.Length; i++)
        {
            float normal = (row[i] - mean) * inverse;
            float weighted = normal * weights[i] * scale + bias[i] * biasScale;
            row[i] = short.CreateSaturating(MathF.Round(weighted * GateOne, MidpointRounding.AwayFromZero));
        }
    }

    /// <summary>Logistic of numbers with three integer bits, truncated to 2^-15.</summary>
    public static void Logistic(Span<short> values)
    {
        foreach (ref short x in values) x = short.CreateSaturating(1 / (1 + (float)Math.Exp(-x / GateOne)) * ValueOne);
    }

    /// <summary>Tanh of numbers with <paramref name="fraction"/> bits behind the point, truncated to 2^-15.</summary>
    public static void Tanh(Span<short> values, int fraction)
    {
        float one = 1 << fraction;
        foreach (ref short x in values) x = short.CreateSaturating((float)Math.Tanh(x / one) * ValueOne);
    }

    /// <summary>values = gate * values * 2^-15, rounded.</summary>
    public static void Multiply(ReadOnlySpan<short> gate, Span<short> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = (short)FixedPoint.DivideByPot(gate[i] * values[i], 15);
    }

    /// <summary>output = saturate((sums + bias) * factor + zeroPoint), the factor's mantissa having 16 bits.</summary>
    public static void Project(ReadOnlySpan<int> sums, ReadOnlySpan<int> bias, QuantizedMultiplier factor, int zeroPoint, Span<sbyte> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] = sbyte.CreateSaturating(FixedPoint.MultiplyReduced((long)sums[i] + bias[i], factor) + zeroPoint);
    }
}
