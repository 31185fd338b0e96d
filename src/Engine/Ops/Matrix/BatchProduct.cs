using Graft.Kernels.Elementwise;

namespace Graft.Ops.Matrix;

/// <summary>
/// Sizes of a batched product (..., M, K) x (..., K, N) whose leading dimensions broadcast, and for each output matrix the indices of its
/// factors. <c>LeftTransposed</c> and <c>RightTransposed</c> say that a factor is stored as (K, M) or (N, K).
/// </summary>
internal sealed record BatchProduct(int M, int K, int N, bool LeftTransposed, bool RightTransposed, int[] Left, int[] Right, int LeftCount, int RightCount)
{
    public int Count => Left.Length;

    /// <summary>Output shape; the caller has checked ranks and K.</summary>
    public static int[] OutputShape(Shape left, Shape right, bool adjX, bool adjY) =>
        [.. BroadcastShape.ResultShape(left.Dimensions[..^2], right.Dimensions[..^2]), adjX ? left[^1] : left[^2], adjY ? right[^2] : right[^1]];

    public static BatchProduct Of(Shape left, Shape right, Shape output, bool adjX, bool adjY)
    {
        var batch = output.Dimensions[..^2];
        int count = (int)output.Product(0, batch.Length);
        return new(output[^2], adjX ? left[^2] : left[^1], output[^1], adjX, adjY,
            Indices(left, batch, count), Indices(right, batch, count), (int)left.Product(0, left.Rank - 2), (int)right.Product(0, right.Rank - 2));
    }

    private static int[] Indices(Shape factor, ReadOnlySpan<int> batch, int count)
    {
        var indices = new int[count];
        for (int i = 0; i < count; i++)
        {
            int rest = i, stride = 1;
            for (int d = 1; d <= batch.Length; d++)
            {
                int coordinate = rest % batch[^d];
                rest /= batch[^d];
                if (d > factor.Rank - 2) continue;
                int size = factor[^(d + 2)];
                if (size != 1) indices[i] += coordinate * stride;
                stride *= size;
            }
        }
        return indices;
    }
}
