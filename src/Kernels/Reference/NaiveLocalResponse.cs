namespace Graft.Kernels.Reference;

/// <summary>Local response normalisation, its sum sliding along the row: the oracle of <see cref="Reduce.LocalResponse"/>.</summary>
internal static class NaiveLocalResponse
{
    public static void Row(ReadOnlySpan<float> input, int radius, float bias, float alpha, float beta, Span<float> output)
    {
        float sum = 0;
        radius = Math.Min(radius, input.Length);
        for (int c = -radius; c < input.Length; c++)
        {
            if (c + radius < input.Length) sum += input[c + radius] * input[c + radius] * alpha;
            if (c >= 0) output[c] = input[c] * MathF.Pow(bias + sum, -beta);
            if (c >= radius) sum -= input[c - radius] * input[c - radius] * alpha;
        }
    }
}
