namespace Graft.Adapters.Form;

/// <summary>
/// The normal form of what an adapter does to one linear map y = W x + b, W (out, in):
/// y' = scale * (W x) + b + sum of B (A x) + D x + sum of branches(x) + bias, on which functions of the layer's rows act in turn.
/// Every method becomes such terms; kernels know nothing else. For a convolution x is the patch below one output position, in the order
/// (channel, height, width) of its filter; for an embedding x is a one-hot vector, so that A and D have a column for each token.
/// </summary>
internal sealed class LinearTerms(int outputs, int inputs)
{
    private readonly List<LowRank> _lowRanks = [];
    private readonly List<IBranch> _branches = [];
    private readonly List<IRowFunction> _functions = [];
    private readonly SortedDictionary<int, float[]> _columns = [];

    public int Outputs { get; } = outputs;

    public int Inputs { get; } = inputs;

    /// <summary>Pairs of A (r, in) and B (out, r), scales included.</summary>
    public IReadOnlyList<LowRank> LowRanks => _lowRanks;

    /// <summary>A dense addition to W, or null.</summary>
    public Matrix? Dense { get; private set; }

    /// <summary>Additions to single columns of W: token rows of an embedding.</summary>
    public IReadOnlyDictionary<int, float[]> Columns => _columns;

    /// <summary>Factors of the outputs of W alone, without the bias; null when all are 1.</summary>
    public float[]? Scale { get; private set; }

    /// <summary>An addition to the bias, or null.</summary>
    public float[]? Bias { get; private set; }

    /// <summary>What no matrix can express.</summary>
    public IReadOnlyList<IBranch> Branches => _branches;

    /// <summary>What sees more than the input.</summary>
    public IReadOnlyList<IRowFunction> Functions => _functions;

    /// <summary>True when W' x + b' expresses all.</summary>
    public bool IsLinear => _branches.Count == 0 && _functions.Count == 0;

    /// <summary>True when the terms change nothing.</summary>
    public bool IsZero => IsLinear
        && _lowRanks.TrueForAll(t => !t.A.Values.AsSpan().ContainsAnyExcept(0) || t.Scale == 0 || !t.Factor.Values.AsSpan().ContainsAnyExcept(0))
        && (Dense is null || !Dense.Values.AsSpan().ContainsAnyExcept(0)) && (Scale is null || !Scale.AsSpan().ContainsAnyExcept(1))
        && (Bias is null || !Bias.AsSpan().ContainsAnyExcept(0)) && _columns.Values.All(c => !c.AsSpan().ContainsAnyExcept(0));

    public void AddLowRank(Matrix a, Matrix b, LowRankPatch patch = LowRankPatch.Weight, float scale = 1)
    {
        if (a.Rows != b.Columns || b.Rows != Outputs) throw new ArgumentException($"factors {a.Rows} x {a.Columns} and {b.Rows} x {b.Columns} do not fit {Outputs} outputs");
        if (a.Rows > 0) _lowRanks.Add(new(a, b, scale, patch));
    }

    public void AddDense(Matrix delta) => Dense = Dense is null ? delta : Dense.Plus(delta);

    public void AddColumn(int column, float[] delta) => _columns[column] = _columns.TryGetValue(column, out float[]? before) ? Sum(before, delta) : [.. delta];

    public void MultiplyScale(ReadOnlySpan<float> factors)
    {
        Scale ??= Filled(1);
        for (int i = 0; i < Scale.Length; i++) Scale[i] *= factors[i];
    }

    /// <summary>Multiplies the outputs of W and of all that was added to it so far, without the bias.</summary>
    public void ScaleOutputs(ReadOnlySpan<float> factors)
    {
        MultiplyScale(factors);
        for (int i = 0; i < _lowRanks.Count; i++) _lowRanks[i] = new(_lowRanks[i].A, _lowRanks[i].B.ScaledRows(factors), 1, _lowRanks[i].Patch);
        Dense = Dense?.ScaledRows(factors);
        foreach (float[] column in _columns.Values)
        {
            for (int r = 0; r < column.Length; r++) column[r] *= factors[r];
        }
    }

    public void AddBias(ReadOnlySpan<float> delta)
    {
        Bias ??= new float[Outputs];
        for (int i = 0; i < Bias.Length; i++) Bias[i] += delta[i];
    }

    public void AddBranch(IBranch branch) => _branches.Add(branch);

    public void AddFunction(IRowFunction function) => _functions.Add(function);

    /// <summary>The change of W that these terms amount to, without branches; low-rank terms of a convolution must have the filter's shape.</summary>
    public Matrix WeightDelta(Matrix weight)
    {
        var delta = Dense ?? new Matrix(Outputs, weight.Columns);
        foreach (var term in _lowRanks) delta = delta.Plus(term.B.Times(term.A));
        if (Scale is not null) delta = delta.Plus(weight.ScaledRows(Array.ConvertAll(Scale, s => s - 1)));
        if (_columns.Count == 0) return delta;
        delta = delta.Scaled(1).Plus(new Matrix(Outputs, weight.Columns));
        foreach (var (column, values) in _columns)
        {
            for (int r = 0; r < Outputs; r++) delta[r, column] += values[r];
        }
        return delta;
    }

    /// <summary>The same change of the transposed weight; a scale of the outputs becomes a dense change.</summary>
    public LinearTerms Transposed(Func<Matrix> weight)
    {
        if (Bias is not null || !IsLinear) throw new ArgumentException("a bias or branch of an embedding has no meaning for a tied output layer");
        var transposed = new LinearTerms(Inputs, Outputs);
        foreach (var term in _lowRanks) transposed.AddLowRank(term.B.Transposed(), term.A.Transposed());
        if (Dense is not null) transposed.AddDense(Dense.Transposed());
        if (Scale is not null) transposed.AddDense(weight().ScaledRows(Array.ConvertAll(Scale, s => s - 1)).Transposed());
        if (_columns.Count == 0) return transposed;
        var rows = new Matrix(Inputs, Outputs);
        foreach (var (column, values) in _columns) values.CopyTo(rows.Row(column));
        transposed.AddDense(rows);
        return transposed;
    }

    private static float[] Sum(float[] a, float[] b)
    {
        var sum = new float[a.Length];
        for (int i = 0; i < sum.Length; i++) sum[i] = a[i] + b[i];
        return sum;
    }

    private float[] Filled(float value)
    {
        var filled = new float[Outputs];
        Array.Fill(filled, value);
        return filled;
    }
}

/// <summary>B (A x): A (r, in), B (out, r), which is <paramref name="Factor"/> times <paramref name="Scale"/>.</summary>
internal sealed record LowRank(Matrix A, Matrix Factor, float Scale, LowRankPatch Patch)
{
    private Matrix? _b;

    /// <summary>The scaled matrix, made when it is asked for: packing scales on the way.</summary>
    public Matrix B => _b ??= Factor.Scaled(Scale);
}

/// <summary>What the factor A of a convolution sees.</summary>
internal enum LowRankPatch
{
    /// <summary>The patch of the filter: (channels of the group, height, width).</summary>
    Weight,

    /// <summary>All input channels, whatever the groups, and neighbouring pixels, whatever the dilation: a convolution of its own.</summary>
    OwnConvolution,
}
