namespace Graft.Ops.Transposed;

/// <summary>The end of a float output: bias and clamp.</summary>
internal static class FloatOutput
{
    public static void Write(ReadOnlySpan<float> sums, ReadOnlySpan<float> bias, (float Min, float Max) range, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            float sum = sums[i] + (bias.IsEmpty ? 0 : bias[i]);
            target[i] = sum < range.Min ? range.Min : sum > range.Max ? range.Max : sum;
        }
    }
}
