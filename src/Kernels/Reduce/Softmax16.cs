using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Kernels.Reduce;

/// <summary>
/// SOFTMAX of 16-bit rows, bit for bit the reference's: exponential and reciprocal are interpolated tables. Zero points
/// 0, output scale 1/32768.
/// </summary>
internal sealed class Softmax16
{
    // The exponential's table ends here: greater distances to the maximum count as e^-10, as in the reference.
    private const double Reach = 10.0;
    private const int Range = ushort.MaxValue;
    private readonly short[] _exponentials = new short[Lookup16.Count];
    private readonly short[] _reciprocals = new short[Lookup16.Count];
    private readonly QuantizedMultiplier _factor;

    public Softmax16(float inputScale, float beta)
    {
        Lookup16.Fill(Reach / Range, short.MaxValue, 2.0 / Range, 0, Math.Exp, _exponentials);
        Lookup16.Fill(1.0 / Range, short.MinValue, 2.0 / Range, 0, x => 1.0 / (1.0 + x), _reciprocals);
        _factor = FixedPoint.Quantize(inputScale * beta / (Reach / 65535.0));
    }

    /// <summary>Rows of <paramref name="length"/> elements; input and output may not overlap.</summary>
    public void Run(ReadOnlySpan<short> input, int length, Span<short> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int start = 0; start < input.Length; start += length)
            Row(input.Slice(start, length), output.Slice(start, length));
    }

    [MethodImpl(Jit.Loop)]
    private void Row(ReadOnlySpan<short> input, Span<short> output)
    {
        int most = RowMaximum.Of(input);
        int sum = 0;
        for (int i = 0; i < input.Length; i++)
        {
            int scaled = FixedPoint.Multiply(input[i] - most, _factor);
            // The table is centred: distance 0 is its greatest argument.
            short argument = short.CreateSaturating(unchecked(scaled + short.MaxValue));
            output[i] = Lookup16.At(_exponentials, argument);
            sum += output[i];
        }
        int zeros = BitOperations.LeadingZeroCount((uint)sum);
        // The sum's leading bits as 1 + x, x being the reciprocal table's argument, centred.
        int shifted = (int)((((long)sum << (zeros - 1)) + (1 << 13)) >> 14);
        short reciprocal = Lookup16.At(_reciprocals, short.CreateSaturating(shifted - (1 << 15) - (1 << 16)));
        int shift = 31 - zeros;
        long round = 1 << (shift - 1);
        for (int i = 0; i < output.Length; i++)
        {
            int probability = (int)(((long)output[i] * reciprocal + round) >> shift);
            output[i] = (short)Math.Clamp(probability, 0, short.MaxValue);
        }
    }
}
