namespace Graft.Kernels.Fourier;

/// <summary>The Walsh-Hadamard transform, in natural order, divided by the square root of the length, a power of two.</summary>
internal static class WalshHadamard
{
    /// <summary>Transforms in place; butterflies from neighbours to halves, then one factor.</summary>
    public static void Transform(Span<float> values)
    {
        for (int half = 1; half < values.Length; half *= 2)
        {
            for (int start = 0; start < values.Length; start += 2 * half)
            {
                var low = values.Slice(start, half);
                var high = values.Slice(start + half, half);
                for (int i = 0; i < low.Length; i++) (low[i], high[i]) = (low[i] + high[i], low[i] - high[i]);
            }
        }
        float factor = (float)(1 / Math.Sqrt(values.Length));
        foreach (ref float value in values) value *= factor;
    }
}
