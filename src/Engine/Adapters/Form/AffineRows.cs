namespace Graft.Adapters.Form;

/// <summary>A function of x = g * n + beta, which sees nothing else, where the rows hold n.</summary>
internal sealed class AffineRows : IRowFunction
{
    private readonly IRowFunction _inner;
    private readonly float[] _g, _beta;

    /// <exception cref="AdapterException">A factor is zero, so that n cannot carry the result.</exception>
    public AffineRows(IRowFunction inner, float[] g, float[] beta)
    {
        if (inner.ReadsInput || inner.ReadsResidual || inner.IsGated) throw new ArgumentException("the function sees more than its rows", nameof(inner));
        if (Array.IndexOf(g, 0) >= 0) throw new AdapterException("a factor of the norm is zero, and the model has what the adapter changes without it");
        (_inner, _g, _beta) = (inner, g, beta);
    }

    public int WorkspaceLength => _inner.WorkspaceLength;

    public long ByteCount => _inner.ByteCount;

    public bool ReadsInput => false;

    public bool ReadsResidual => false;

    public bool IsGated => false;

    public SequenceEnds? Ends => _inner.Ends;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta) => throw new InvalidOperationException("it is folded already");

    public double GateSum(in FunctionRows rows) => throw new InvalidOperationException("there is no gate");

    public void Apply(in FunctionRows rows, float gate)
    {
        var x = rows.Output;
        for (int i = 0; i < x.Length; i++) x[i] = _g[i % _g.Length] * x[i] + _beta[i % _g.Length];
        _inner.Apply(rows, gate);
        for (int i = 0; i < x.Length; i++) x[i] = (x[i] - _beta[i % _g.Length]) / _g[i % _g.Length];
    }

    public void Dispose() => _inner.Dispose();
}
