using Graft.Adapters.Form;

namespace Graft.Adapters.Running;

/// <summary>
/// Keys and values that one layer's queries see besides those of the sequence, packed. Attention to both is a mean of the attention to
/// each, by the sums of their exponentials, so that neither scores nor values of the sequence need room for the prefix.
/// </summary>
internal sealed class PrefixDelta : IDisposable
{
    private readonly PackedFactor[] _keys, _values;
    private readonly PrefixGates? _gates;

    /// <param name="keys">(heads * tokens, head size).</param>
    /// <param name="values">The same.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="scale">What the softmax's exponents are multiples of q k by.</param>
    /// <param name="gates">Factors of keys and values; null for ones.</param>
    public PrefixDelta(Matrix keys, Matrix values, int heads, float scale, PrefixGates? gates)
    {
        _gates = gates;
        (HeadSize, Tokens) = (keys.Columns, keys.Rows / heads);
        int length = Tokens * HeadSize;
        _keys = [.. Enumerable.Range(0, heads).Select(h => new PackedFactor(Head(keys, h).Scaled(scale)))];
        _values = [.. Enumerable.Range(0, heads).Select(h => new PackedFactor(Head(values, h).Transposed()))];

        Matrix Head(Matrix all, int head) => new(Tokens, HeadSize, all.Values.AsSpan(head * length, length).ToArray());
    }

    public int Heads => _keys.Length;

    public int HeadSize { get; }

    public int Tokens { get; }

    public bool IsGated => _gates is not null;

    /// <summary>Elements of a row that the gates see.</summary>
    public int GateWidth => _gates?.Key.Weight.Columns ?? 0;

    /// <summary>Floats of working memory for one row.</summary>
    public int WorkspaceLength => Math.Max(Tokens + HeadSize, GateWidth);

    public long ByteCount => _keys.Sum(k => k.ByteCount) + _values.Sum(v => v.ByteCount);

    /// <summary>The sums over these rows of hidden states of what the gates are the means of.</summary>
    public (double Key, double Value) GateSums(ReadOnlySpan<float> hidden) => (_gates!.Key.Sum(hidden), _gates.Value.Sum(hidden));

    /// <summary>Rows of one head: output = (1 - share) output + share (attention of the queries to the prefix).</summary>
    /// <param name="head">The head of keys and values.</param>
    /// <param name="gates">Factors of the keys and of the values.</param>
    /// <param name="queries">(rows, head size), each row after <paramref name="stride"/> floats.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="logSums">For each row, ln of the sum of exponentials of the sequence's scores.</param>
    /// <param name="output">(rows, head size).</param>
    /// <param name="workspace"><see cref="WorkspaceLength"/> for each row.</param>
    public void Apply(int head, (float Key, float Value) gates, ReadOnlySpan<float> queries, int stride, ReadOnlySpan<float> logSums, Span<float> output, Span<float> workspace)
    {
        int rows = logSums.Length;
        var scores = workspace[..(rows * Tokens)];
        var seen = workspace.Slice(scores.Length, rows * HeadSize);
        _keys[head].Multiply(queries, stride, rows, scores);
        for (int r = 0; r < rows; r++)
        {
            var row = scores.Slice(r * Tokens, Tokens);
            foreach (ref float score in row) score *= gates.Key;
            float most = logSums[r];
            foreach (float score in row) most = Math.Max(most, score);
            float rest = MathF.Exp(logSums[r] - most), sum = rest;
            foreach (ref float score in row) sum += score = MathF.Exp(score - most);
            foreach (ref float score in row) score /= sum;
            foreach (ref float value in output.Slice(r * HeadSize, HeadSize)) value *= rest / sum;
        }
        _values[head].Multiply(scores, Tokens, rows, seen);
        for (int i = 0; i < seen.Length; i++) output[i] += gates.Value * seen[i];
    }

    public void Dispose()
    {
        foreach (var factor in _keys) factor.Dispose();
        foreach (var factor in _values) factor.Dispose();
    }
}
