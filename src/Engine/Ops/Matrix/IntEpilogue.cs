using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>What turns the integer sums of one output row into outputs.</summary>
internal interface IIntEpilogue
{
    /// <summary>True when sums need 64 bits.</summary>
    bool IsWide { get; }

    /// <param name="c">The run.</param>
    /// <param name="sums">Sums of columns [column, column + length); 32 bits.</param>
    /// <param name="row">The output row; <paramref name="column"/> counts over all groups.</param>
    void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column);

    /// <inheritdoc cref="Write(in RunContext, ReadOnlySpan{int}, int, int)"/>
    void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column);
}

/// <summary>Quantised output by fixed-point multipliers, as convolutions round; the bias of 64-bit sums is <typeparamref name="TBias"/>.</summary>
internal sealed class FixedPointEpilogue<TBias, TOut>(Operand bias, bool isWide, int[] multipliers, int[] shifts, int zeroPoint, (int Min, int Max) range,
    Operand output) : IIntEpilogue
    where TBias : unmanaged, IBinaryInteger<TBias>
    where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
{
    public bool IsWide => isWide;

    public void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column)
    {
        var biases = bias.IsPresent ? c.Read<int>(bias).Slice(column, sums.Length) : default;
        Requantize.FixedPoint(sums, biases, multipliers.AsSpan(column), shifts.AsSpan(column), zeroPoint, range.Min, range.Max,
            c.Write<TOut>(output).Slice(row * multipliers.Length + column, sums.Length));
    }

    public void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var biases = bias.IsPresent ? c.Read<TBias>(bias).Slice(column, sums.Length) : default;
        Requantize.FixedPoint16(sums, biases, multipliers.AsSpan(column), shifts.AsSpan(column), zeroPoint, range.Min, range.Max,
            c.Write<TOut>(output).Slice(row * multipliers.Length + column, sums.Length));
    }
}

/// <summary>Quantised output of sums without a bias by fixed-point multipliers whose ties go upward.</summary>
internal sealed class FixedPointUpEpilogue<TOut>(int[] multipliers, int[] shifts, int zeroPoint, (int Min, int Max) range, Operand output) : IIntEpilogue
    where TOut : unmanaged, IBinaryInteger<TOut>
{
    public bool IsWide => false;

    public void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column) =>
        Requantize.FixedPointUp(sums, multipliers.AsSpan(column), shifts.AsSpan(column), zeroPoint, range.Min, range.Max,
            c.Write<TOut>(output).Slice(row * multipliers.Length + column, sums.Length));

    public void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column) => throw new NotSupportedException("these sums have 32 bits");
}

/// <summary>Quantised output by double multiplication, as fully connected layers round.</summary>
internal sealed class DoubleEpilogue<TOut>(Operand bias, bool isWide, double[] scales, int zeroPoint, (int Min, int Max) range, Operand output)
    : IIntEpilogue
    where TOut : unmanaged, IBinaryInteger<TOut>
{
    public bool IsWide => isWide;

    public void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column)
    {
        var biases = bias.IsPresent ? c.Read<int>(bias).Slice(column, sums.Length) : default;
        Requantize.Double(sums, biases, scales.AsSpan(column), zeroPoint, range.Min, range.Max,
            c.Write<TOut>(output).Slice(row * scales.Length + column, sums.Length));
    }

    public void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var biases = bias.IsPresent ? c.Read<long>(bias).Slice(column, sums.Length) : default;
        Requantize.Double(sums, biases, scales.AsSpan(column), zeroPoint, range.Min, range.Max,
            c.Write<TOut>(output).Slice(row * scales.Length + column, sums.Length));
    }
}

/// <summary>
/// Float output of a product of weights with activations that were quantised on the fly: sum * weight scale * row scale + bias. Where the
/// reference multiplies the two scales first, <paramref name="scalesFirst"/> is set: the last bit depends on it.
/// </summary>
internal sealed class HybridEpilogue(Operand bias, float[] scales, QuantizedRows rows, bool scalesFirst, (float Min, float Max) range, Operand output) : IIntEpilogue
{
    public bool IsWide => false;

    public void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column)
    {
        float rowScale = rows.Scale(c, row);
        var biases = bias.IsPresent ? c.Read<float>(bias).Slice(column, sums.Length) : default;
        var target = c.Write<float>(output).Slice(row * scales.Length + column, sums.Length);
        for (int i = 0; i < target.Length; i++)
        {
            float scale = scales[column + i], sum = sums[i];
            float value = (scalesFirst ? sum * (rowScale * scale) : sum * scale * rowScale) + (biases.IsEmpty ? 0 : biases[i]);
            target[i] = Math.Min(Math.Max(value, range.Min), range.Max);
        }
    }

    public void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column) => throw new NotSupportedException("hybrid sums have 32 bits");
}
