namespace Graft.Kernels.Reference;

/// <summary>LOG_SOFTMAX of float rows in double arithmetic, in the order of the input, rounded once.</summary>
internal static class NaiveRows
{
    /// <summary>Rows of <paramref name="length"/> elements; input and output may be one span.</summary>
    public static void LogSoftmax(ReadOnlySpan<float> input, int length, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += length)
        {
            double most = Greatest(input.Slice(start, length)), sum = 0;
            for (int i = start; i < start + length; i++) sum += Math.Exp(input[i] - most);
            double logSum = Math.Log(sum);
            for (int i = start; i < start + length; i++) output[i] = (float)(input[i] - most - logSum);
        }
    }

    private static double Greatest(ReadOnlySpan<float> row)
    {
        float most = float.MinValue;
        foreach (float x in row) most = x > most ? x : most;
        return most;
    }
}
