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
    private const int RowsMin = 8, RowsMax = 64;

    /// <summary>Elements of a block of rows, roughly.</summary>
    private const int BlockLength = 512;

    /// <summary>Rows of fewer elements are not worth vectors of their own.</summary>
    private const int ShortLength = 16;

    /// <summary>e^(beta (x - max)) over its sum, for rows of <paramref name="length"/> elements.</summary>
    public static void Apply(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        Span<float> sums = stackalloc float[RowsMax];
        int atOnce = Math.Clamp(BlockLength / Math.Max(1, length), RowsMin, RowsMax);
        for (int start = 0; start < input.Length; start += atOnce * length)
        {
            int rows = Math.Min(atOnce, (input.Length - start) / length);
            var block = output.Slice(start, rows * length);
            if (length < ShortLength) ScaleShort(input.Slice(start, rows * length), length, beta, block);
            else Scale(input.Slice(start, rows * length), length, beta, block);
            Exp.Plain(block, block);
            OrderedSum.Rows(block, length, sums[..rows]);
            if (length < ShortLength) DivideShort(block, length, sums);
            else for (int r = 0; r < rows; r++) Map.Apply(new Softmax.Normalised(sums[r]), block.Slice(r * length, length), block.Slice(r * length, length));
        }
    }

    private static void Scale(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += length)
        {
            var row = input.Slice(start, length);
            Map.Apply(new Scaled(Row.Reduce<MaximumOf<float>, float>(row), beta), row, output.Slice(start, length));
        }
    }

    [MethodImpl(Jit.Loop)]
    private static void ScaleShort(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += length)
        {
            var row = input.Slice(start, length);
            var to = output.Slice(start, length);
            float most = MaximumOf<float>.Identity;
            foreach (float x in row) most = x > most ? x : most;
            for (int i = 0; i < to.Length; i++) to[i] = (row[i] - most) * beta;
        }
    }

    [MethodImpl(Jit.Loop)]
    private static void DivideShort(Span<float> block, int length, ReadOnlySpan<float> sums)
    {
        for (int row = 0; row * length < block.Length; row++)
        {
            float sum = sums[row];
            foreach (ref float x in block.Slice(row * length, length)) x /= sum;
        }
    }

    private readonly struct Scaled(float most, float beta) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => (x - V.Splat(most)) * V.Splat(beta);
    }
}
