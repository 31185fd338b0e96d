namespace Graft.Adapters.Combining;

/// <summary>One tensor of several adapters made one, as <see cref="CombinationOptions"/> says.</summary>
internal static class TaskTensors
{
    /// <param name="tensors">The same tensor of each adapter.</param>
    /// <param name="weights">What each counts.</param>
    /// <param name="options">How.</param>
    /// <param name="random">What DARE drops by.</param>
    public static float[] Combine(IReadOnlyList<float[]> tensors, ReadOnlySpan<double> weights, CombinationOptions options, Random random)
    {
        float[][] kept = [.. tensors.Select(t => Pruned(t, options, random))];
        var combined = new float[tensors[0].Length];
        bool isElected = options.Method is CombinationMethod.Ties or CombinationMethod.DareTies;
        for (int i = 0; i < combined.Length; i++) combined[i] = (float)(isElected ? Elected(kept, i, weights, options.MajoritySign) : Sum(kept, i, weights));
        return combined;
    }

    private static float[] Pruned(float[] tensor, CombinationOptions options, Random random) => options.Method switch
    {
        CombinationMethod.Linear => tensor,
        _ when options.Density >= 1 => tensor,
        CombinationMethod.Ties or CombinationMethod.MagnitudePrune => Largest(tensor, (int)(options.Density * tensor.Length)),
        _ => Array.ConvertAll(tensor, v => random.NextDouble() < options.Density ? (float)(v / options.Density) : 0),
    };

    private static float[] Largest(float[] tensor, int count)
    {
        var kept = new float[tensor.Length];
        foreach (int i in Enumerable.Range(0, tensor.Length).OrderByDescending(i => Math.Abs(tensor[i])).Take(count)) kept[i] = tensor[i];
        return kept;
    }

    private static double Sum(float[][] tensors, int at, ReadOnlySpan<double> weights)
    {
        double sum = 0;
        for (int t = 0; t < tensors.Length; t++) sum += weights[t] * tensors[t][at];
        return sum;
    }

    /// <summary>The mean of the weighted elements that have the elected sign.</summary>
    private static double Elected(float[][] tensors, int at, ReadOnlySpan<double> weights, MajoritySign majority)
    {
        double votes = 0, sum = 0;
        foreach (float[] tensor in tensors) votes += majority == MajoritySign.Total ? tensor[at] : Math.Sign(tensor[at]);
        int sign = votes >= 0 ? 1 : -1, count = 0;
        for (int t = 0; t < tensors.Length; t++)
        {
            if (Math.Sign(tensors[t][at]) != sign) continue;
            sum += weights[t] * tensors[t][at];
            count++;
        }
        return sum / Math.Max(count, 1);
    }
}
