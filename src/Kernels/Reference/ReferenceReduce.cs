namespace Graft.Kernels.Reference;

/// <summary>
/// Reduction oracles: every element of the input is added to its place of the output, in the order of the input.
/// </summary>
internal static class ReferenceReduce
{
    public static TAcc[] Apply<T, TAcc>(
        ReadOnlySpan<T> input, int[] shape, int[] axes, TAcc identity, Func<TAcc, T, TAcc> step)
    {
        bool[] reduced = new bool[shape.Length];
        foreach (int axis in axes) reduced[axis < 0 ? axis + shape.Length : axis] = true;
        int outputs = 1;
        for (int axis = 0; axis < shape.Length; axis++) outputs *= reduced[axis] ? 1 : shape[axis];
        var output = new TAcc[outputs];
        Array.Fill(output, identity);
        for (int i = 0; i < input.Length; i++)
        {
            int place = Place(i, shape, reduced);
            output[place] = step(output[place], input[i]);
        }
        return output;
    }

    /// <summary>e^(beta (x - max)) / sum, in double.</summary>
    public static double[] Softmax(ReadOnlySpan<float> row, double beta)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (float x in row) most = Math.Max(most, x);
        var output = new double[row.Length];
        for (int i = 0; i < row.Length; i++) sum += output[i] = Math.Exp(beta * (row[i] - most));
        for (int i = 0; i < row.Length; i++) output[i] /= sum;
        return output;
    }

    /// <summary>x - max - log(sum), in double.</summary>
    public static double[] LogSoftmax(ReadOnlySpan<float> row)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (float x in row) most = Math.Max(most, x);
        foreach (float x in row) sum += Math.Exp(x - most);
        var output = new double[row.Length];
        for (int i = 0; i < row.Length; i++) output[i] = row[i] - most - Math.Log(sum);
        return output;
    }

    private static int Place(int index, int[] shape, bool[] reduced)
    {
        int place = 0, stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            int at = index % shape[axis];
            index /= shape[axis];
            if (reduced[axis]) continue;
            place += at * stride;
            stride *= shape[axis];
        }
        return place;
    }
}
