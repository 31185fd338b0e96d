using Graft.Adapters.Form;

namespace Graft.Adapters.Running;

/// <summary>dy = gate * B (A x + a), the gate of x: its mean over a sequence, or over the whole batch.</summary>
internal sealed class GatedLowRank(Matrix a, float[]? offset, Matrix b, RowGate gate, bool isBatchWide) : IRowFunction
{
    private readonly RowFactor _a = new(a);
    private readonly PackedFactor _b = new(b);

    public int WorkspaceLength => _a.Outputs;

    public long ByteCount => _a.ByteCount + _b.ByteCount;

    public bool ReadsInput => true;

    public bool ReadsResidual => false;

    public bool IsGated => true;

    public bool IsBatchWide => isBatchWide;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta) =>
        new GatedLowRank(g is null ? a : a.ScaledColumns(g), beta is null ? null : a.Times(beta), f is null ? b : b.ScaledRows(f), gate.Folded(g, beta), isBatchWide);

    public double GateSum(in FunctionRows rows) => gate.Sum(rows.Input);

    public void Apply(in FunctionRows rows, float factor)
    {
        var shrunk = rows.Workspace[..(rows.Count * _a.Outputs)];
        _a.Multiply(rows.Input, _a.Inputs, rows.Count, shrunk);
        for (int i = 0; i < shrunk.Length; i++) shrunk[i] = factor * (shrunk[i] + (offset?[i % offset.Length] ?? 0));
        _b.Update(shrunk, rows.Count, rows.Output);
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
