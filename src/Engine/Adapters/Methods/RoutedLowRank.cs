using Graft.Adapters.Form;
using Graft.Adapters.Running;

namespace Graft.Adapters.Methods;

/// <summary>dy = gate * B (A x + a); the gate is the mean over a batch of element <paramref name="expert"/> of softmax(R (A x + a)).</summary>
internal sealed class RoutedLowRank(Matrix a, float[]? offset, Matrix b, Matrix router, int expert) : IRowFunction
{
    private readonly PackedFactor _a = new(a), _b = new(b), _router = new(router);

    public int WorkspaceLength => _a.Outputs + _router.Outputs;

    public long ByteCount => _a.ByteCount + _b.ByteCount + _router.ByteCount;

    public bool ReadsInput => true;

    public bool ReadsResidual => false;

    public bool IsGated => true;

    public bool IsBatchWide => true;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta) =>
        new RoutedLowRank(g is null ? a : a.ScaledColumns(g), beta is null ? null : a.Times(beta), f is null ? b : b.ScaledRows(f), router, expert);

    public double GateSum(in FunctionRows rows)
    {
        var shrunk = Shrunk(rows);
        var logits = rows.Workspace.Slice(shrunk.Length, rows.Count * _router.Outputs);
        _router.Multiply(shrunk, _a.Outputs, rows.Count, logits);
        double sum = 0;
        for (; logits.Length > 0; logits = logits[_router.Outputs..])
        {
            double all = 0;
            foreach (float logit in logits[.._router.Outputs]) all += Math.Exp(logit - logits[expert]);
            sum += 1 / all;
        }
        return sum;
    }

    public void Apply(in FunctionRows rows, float gate)
    {
        var shrunk = Shrunk(rows);
        foreach (ref float value in shrunk) value *= gate;
        _b.MultiplyAdd(shrunk, _a.Outputs, rows.Count, rows.Output);
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _router.Dispose();
    }

    private Span<float> Shrunk(in FunctionRows rows)
    {
        var shrunk = rows.Workspace[..(rows.Count * _a.Outputs)];
        _a.Multiply(rows.Input, _a.Inputs, rows.Count, shrunk);
        if (offset is null) return shrunk;
        for (int i = 0; i < shrunk.Length; i++) shrunk[i] += offset[i % offset.Length];
        return shrunk;
    }
}
