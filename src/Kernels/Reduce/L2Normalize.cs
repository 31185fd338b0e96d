using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>Rows divided by their Euclidean norm.</summary>
internal static class L2Normalize
{
    // What divides instead of a norm that vanishes.
    private const float NormMin = 1e-6f;

    /// <summary>Rows of <paramref name="length"/> floats; input and output may be one span.</summary>
    public static void Rows(ReadOnlySpan<float> input, int length, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int start = 0; start < input.Length; start += length)
        {
            ReadOnlySpan<float> row = input.Slice(start, length);
            double sum = 0;
            foreach (float x in row) sum += (double)x * x;
            Map.Apply(new DivideBy(Math.Max((float)Math.Sqrt(sum), NormMin)), row, output.Slice(start, length));
        }
    }

    /// <summary>
    /// Rows of 8-bit values less a zero point, times the fixed-point inverse root of their sum of squares, at output scale 1/128.
    /// </summary>
    public static void Rows<T>(ReadOnlySpan<T> input, int length, int zeroInput, int zeroOutput, Span<T> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        const int outputBits = 7;
        for (int start = 0; start < input.Length; start += length)
        {
            ReadOnlySpan<T> row = input.Slice(start, length);
            int sum = 0;
            foreach (T value in row)
            {
                int x = int.CreateTruncating(value) - zeroInput;
                sum += x * x;
            }
            QuantizedMultiplier inverse = InverseSquareRoot.Of(sum);
            bool isSigned = zeroOutput == 0;
            for (int i = 0; i < row.Length; i++)
            {
                int x = int.CreateTruncating(row[i]) - zeroInput;
                // uint8 shifts the value, int8 the factor: the roundings differ.
                int y = isSigned
                    ? FixedPoint.Multiply(x, inverse with { Shift = inverse.Shift + outputBits })
                    : FixedPoint.MultiplySmallerThanOne(x << outputBits, inverse);
                output[start + i] = T.CreateSaturating(y + zeroOutput);
            }
        }
    }

    private readonly struct DivideBy(float divisor) : IUnaryClosure<float>
    {
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x / V.Splat(divisor);
    }
}
