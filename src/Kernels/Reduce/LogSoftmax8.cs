using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Kernels.Reduce;

/// <summary>
/// LOG_SOFTMAX of 8-bit rows, bit for bit the reference's fixed-point form. Output scale 16/256, zero point the type's
/// greatest value.
/// </summary>
internal sealed class LogSoftmax8
{
    private const int Distances = 256;
    private const int OutputIntegerBits = 4;
    private readonly int[] _arguments = new int[Distances];
    private readonly int[] _addends = new int[Distances];
    private readonly SoftmaxScaling _scaling;
    private readonly QuantizedMultiplier _inverse;

    /// <param name="inputScale">Scale of the input; its zero point does not matter.</param>
    public LogSoftmax8(float inputScale)
    {
        _scaling = SoftmaxScaling.For(1, inputScale);
        _inverse = FixedPoint.Quantize((1 << (31 - _scaling.Factor.Shift)) / (double)_scaling.Factor.Mantissa);
        for (int distance = 0; distance < Distances; distance++)
        {
            _arguments[distance] = FixedPoint.Multiply(-distance, _scaling.Factor);
            if (distance > _scaling.Radius) continue;
            _addends[distance] = FixedPoint.DivideByPot(FixedExp.Exp(_arguments[distance]), FixedExp.SumIntegerBits);
        }
    }

    /// <summary>Rows of <paramref name="length"/> elements.</summary>
    public void Run<T>(ReadOnlySpan<T> input, int length, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int start = 0; start < input.Length; start += length)
            Row(input.Slice(start, length), output.Slice(start, length));
    }

    [MethodImpl(Jit.Loop)]
    private void Row<T>(ReadOnlySpan<T> input, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int most = RowMaximum.Of(input);
        int sum = 0;
        foreach (T value in input) sum += _addends[most - int.CreateTruncating(value)];
        int logSum = FixedLog.Log(sum);
        // Differences at or below this would leave the range of Q5.26 once the logarithm is subtracted.
        int least = Math.Max(-_scaling.Radius - 1, FixedPoint.Multiply(logSum + int.MinValue, _inverse));
        int zero = int.CreateTruncating(T.MaxValue);
        const int exponent = 31 - FixedExp.InputIntegerBits - OutputIntegerBits;
        for (int i = 0; i < input.Length; i++)
        {
            int difference = int.CreateTruncating(input[i]) - most;
            output[i] = difference > least
                ? T.CreateSaturating(FixedPoint.DivideByPot(_arguments[-difference] - logSum, exponent) + zero)
                : T.MinValue;
        }
    }
}
