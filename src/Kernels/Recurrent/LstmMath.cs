namespace Graft.Kernels.Recurrent;

/// <summary>The element-wise parts of a float LSTM step; all spans are rows of cells.</summary>
internal static class LstmMath
{
    /// <summary>Added to the variance of a layer norm (value of the reference).</summary>
    private const float NormEpsilon = 1e-8f;

    /// <summary>sums[r, i] += weights[i] * values[r, i] * scale: a peephole, or a diagonal recurrent matrix.</summary>
    public static void AddProduct(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int at = 0; at < sums.Length; at += weights.Length)
        {
            var x = values.Slice(at, weights.Length);
            var y = sums.Slice(at, weights.Length);
            for (int i = 0; i < y.Length; i++) y[i] += weights[i] * x[i];
        }
    }

    /// <summary>The same for weights quantised without a zero point.</summary>
    public static void AddProduct(ReadOnlySpan<sbyte> weights, float scale, ReadOnlySpan<float> values, Span<float> sums)
    {
        for (int at = 0; at < sums.Length; at += weights.Length)
        {
            var x = values.Slice(at, weights.Length);
            var y = sums.Slice(at, weights.Length);
            for (int i = 0; i < y.Length; i++) y[i] += scale * weights[i] * x[i];
        }
    }

    /// <summary>Each row becomes (x - mean) / sqrt(variance + epsilon) * weights + bias.</summary>
    public static void Normalize(Span<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        for (int at = 0; at < rows.Length; at += weights.Length)
        {
            var row = rows.Slice(at, weights.Length);
            float sum = 0, squares = 0;
            foreach (float x in row) sum += x;
            float mean = sum / row.Length;
            foreach (float x in row) squares += (x - mean) * (x - mean);
            float inverse = 1 / MathF.Sqrt(squares / row.Length + NormEpsilon);
            for (int i = 0; i < row.Length; i++) row[i] = (row[i] - mean) * inverse * weights[i] + bias[i];
        }
    }

    /// <summary>state = forget * state + input * candidate, the input gate being 1 - forget when it is empty; clipped when clip is positive.</summary>
    public static void UpdateCell(ReadOnlySpan<float> input, ReadOnlySpan<float> forget, ReadOnlySpan<float> candidate, float clip, Span<float> state)
    {
        for (int i = 0; i < state.Length; i++)
        {
            float gate = input.IsEmpty ? 1 - forget[i] : input[i];
            state[i] = forget[i] * state[i] + candidate[i] * gate;
        }
        Clip(state, clip);
    }

    /// <summary>values *= factors.</summary>
    public static void Multiply(ReadOnlySpan<float> factors, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] *= factors[i];
    }

    /// <summary>Limits values to [-clip, clip]; does nothing unless clip is positive.</summary>
    public static void Clip(Span<float> values, float clip)
    {
        if (!(clip > 0)) return;
        for (int i = 0; i < values.Length; i++) values[i] = Math.Max(Math.Min(clip, values[i]), -clip);
    }

    /// <summary>Every row becomes <paramref name="row"/>; zeros when it is empty.</summary>
    public static void FillRows(ReadOnlySpan<float> row, Span<float> rows)
    {
        if (row.IsEmpty) rows.Clear();
        else for (int at = 0; at < rows.Length; at += row.Length) row.CopyTo(rows[at..]);
    }
}
