using Graft.Kernels.Reduce;

namespace Graft.Kernels.Reference;

/// <summary>SOFTMAX, LOG_SOFTMAX and MEAN of floats in double arithmetic, in the order of the input, rounded once.</summary>
internal static class NaiveRows
{
    /// <summary>Rows of <paramref name="length"/> elements; input and output may be one span.</summary>
    public static void Softmax(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += length)
        {
            double most = Greatest(input.Slice(start, length)), sum = 0;
            for (int i = start; i < start + length; i++) sum += Math.Exp(beta * (input[i] - most));
            for (int i = start; i < start + length; i++) output[i] = (float)(Math.Exp(beta * (input[i] - most)) / sum);
        }
    }

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

    /// <summary>An empty reduction gives NaN; sums are scratch of as many elements as the output.</summary>
    public static void Mean(in ReduceShape shape, ReadOnlySpan<float> input, Span<double> sums, Span<float> output)
    {
        sums.Clear();
        for (int i = 0; i < input.Length; i++) sums[Place(shape, i)] += input[i];
        for (int place = 0; place < output.Length; place++) output[place] = (float)(sums[place] / shape.ReducedCount);
    }

    private static double Greatest(ReadOnlySpan<float> row)
    {
        float most = float.MinValue;
        foreach (float x in row) most = x > most ? x : most;
        return most;
    }

    private static int Place(in ReduceShape shape, int index)
    {
        int place = 0, stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            int at = index % shape.Length(axis);
            index /= shape.Length(axis);
            if (shape.Reduces(axis)) continue;
            place += at * stride;
            stride *= shape.Length(axis);
        }
        return place;
    }
}
