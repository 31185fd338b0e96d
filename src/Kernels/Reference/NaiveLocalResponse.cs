namespace Graft.Kernels.Reference;

/// <summary>Local response normalisation, element by element: the oracle of <see cref="Reduce.LocalResponse"/>.</summary>
internal static class NaiveLocalResponse
{
    public static void Row(ReadOnlySpan<float> input, int radius, float bias, float alpha, float beta, Span<float> output)
    {
        for (int c = 0; c < input.Length; c++)
        {
            float sum = 0;
            for (long i = Math.Max(0, c - (long)radius); i <= Math.Min(input.Length - 1L, c + (long)radius); i++) sum += input[(int)i] * input[(int)i];
            output[c] = input[c] * MathF.Pow(bias + alpha * sum, -beta);
        }
    }
}
