using Graft.Adapters.Form;

namespace Graft.Adapters.Running;

/// <summary>
/// What one adapter does to a look-up in a table (vocabulary, dim): row = scale * row + B A[:, token] + D[:, token] + single rows.
/// </summary>
internal sealed class LookupDelta
{
    private readonly float[]? _scale;
    private readonly float[]? _bias;
    private readonly (Matrix A, Matrix B)[] _low;
    private readonly Matrix? _dense;
    private readonly IReadOnlyDictionary<int, float[]> _rows;

    public LookupDelta(LinearTerms terms)
    {
        (Length, _scale, _bias, _rows) = (terms.Outputs, terms.Scale, terms.Bias, terms.Columns);
        // Rows are what is read, so tables lie as (vocabulary, r) and (vocabulary, dim); B as (r, dim).
        _low = [.. terms.LowRanks.Select(t => (t.A.Transposed(), t.B.Transposed()))];
        _dense = terms.Dense?.Transposed();
        ByteCount = sizeof(float) * (_low.Sum(t => t.A.Values.LongLength + t.B.Values.LongLength) + (_dense?.Values.LongLength ?? 0) + _rows.Sum(r => r.Value.LongLength));
    }

    public int Length { get; }

    public long ByteCount { get; }

    /// <summary>Changes the row that was looked up for a token.</summary>
    public void Apply(int token, Span<float> row)
    {
        if (_scale is not null)
        {
            for (int i = 0; i < row.Length; i++) row[i] *= _scale[i];
        }
        if (_bias is not null) Add(_bias, 1, row);
        foreach (var (a, b) in _low)
        {
            var shrunk = a.Row(token);
            for (int r = 0; r < shrunk.Length; r++) Add(b.Row(r), shrunk[r], row);
        }
        if (_dense is not null) Add(_dense.Row(token), 1, row);
        if (_rows.TryGetValue(token, out float[]? delta)) Add(delta, 1, row);
    }

    private static void Add(ReadOnlySpan<float> values, float factor, Span<float> row)
    {
        for (int i = 0; i < row.Length; i++) row[i] += factor * values[i];
    }
}
