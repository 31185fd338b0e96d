using Graft.Kernels.Reduce;

namespace Graft.Kernels.Reference;

/// <summary>Float sums and softmax as plain loops: one term after the other, in the order of the input.</summary>
internal static class PlainRows
{
    /// <summary>Adds every element of the input to its place of the output.</summary>
    public static void Sum(in ReduceShape shape, ReadOnlySpan<float> input, Span<float> output)
    {
        output.Clear();
        Span<int> strides = stackalloc int[ReduceShape.RankMax];
        for (int axis = shape.Rank - 1, stride = 1; axis >= 0; axis--)
        {
            strides[axis] = shape.Reduces(axis) ? 0 : stride;
            if (!shape.Reduces(axis)) stride *= shape.Length(axis);
        }
        int last = shape.Rank - 1, length = shape.Length(last), step = strides[last];
        for (int start = 0; start < input.Length; start += length)
        {
            int place = 0, rest = start / Math.Max(length, 1);
            for (int axis = last - 1; axis >= 0; axis--)
            {
                place += rest % shape.Length(axis) * strides[axis];
                rest /= shape.Length(axis);
            }
            for (int i = 0; i < length; i++) output[place + i * step] += input[start + i];
        }
    }

    /// <summary>The same, divided by the number of elements that were added.</summary>
    public static void Mean(in ReduceShape shape, ReadOnlySpan<float> input, Span<float> output)
    {
        Sum(shape, input, output);
        foreach (ref float sum in output) sum /= shape.ReducedCount;
    }

    /// <summary>e^(beta (x - max)) over its sum, for rows of <paramref name="length"/> elements.</summary>
    public static void Softmax(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += length)
        {
            var row = input.Slice(start, length);
            var to = output.Slice(start, length);
            float most = float.MinValue, sum = 0;
            foreach (float x in row) most = most < x ? x : most;
            for (int i = 0; i < length; i++)
            {
                to[i] = MathF.Exp((row[i] - most) * beta);
                sum += to[i];
            }
            foreach (ref float x in to) x /= sum;
        }
    }

    /// <summary>x - max - log(sum of e^(x - max)), for rows of <paramref name="length"/> elements.</summary>
    public static void LogSoftmax(ReadOnlySpan<float> input, int length, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += length)
        {
            var row = input.Slice(start, length);
            var to = output.Slice(start, length);
            float most = float.MinValue, sum = 0;
            foreach (float x in row) most = most < x ? x : most;
            foreach (float x in row) sum += MathF.Exp(x - most);
            float logSum = MathF.Log(sum);
            for (int i = 0; i < length; i++) to[i] = row[i] - most - logSum;
        }
    }
}
