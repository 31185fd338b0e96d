using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// SOFTMAX as the reference writes it: float arithmetic around exponentials that are rounded once, see <see cref="IPlainFn"/>, and sums as those
/// of <see cref="OrderedSum"/>. Input and output may be one span.
/// </summary>
internal static class OrderedSoftmax
{
    private const int RowsAtOnce = 8;

    /// <summary>e^(beta (x - max)) over its sum, for rows of <paramref name="length"/> elements.</summary>
    public static void Apply(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        Span<float> sums = stackalloc float[RowsAtOnce];
        for (int start = 0; start < input.Length; start += RowsAtOnce * length)
        {
            int rows = Math.Min(RowsAtOnce, (input.Length - start) / length);
            var block = output.Slice(start, rows * length);
            for (int r = 0; r < rows; r++)
            {
                var row = input.Slice(start + r * length, length);
                Map.Apply(new Scaled(Row.Reduce<MaximumOf<float>, float>(row), beta), row, block.Slice(r * length, length));
            }
            Exp.Plain(block, block);
            OrderedSum.Rows(block, length, sums[..rows]);
            for (int r = 0; r < rows; r++) Map.Apply(new Softmax.Normalised(sums[r]), block.Slice(r * length, length), block.Slice(r * length, length));
        }
    }

    private readonly struct Scaled(float most, float beta) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => (x - V.Splat(most)) * V.Splat(beta);
    }
}
