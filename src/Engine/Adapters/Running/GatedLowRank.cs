using Graft.Adapters.Form;
using Graft.Adapters.Running;

namespace Graft.Adapters.Hub;

/// <summary>dy = gate * B (A x + a), the gate of x.</summary>
internal sealed class GatedLowRank(Matrix a, float[]? offset, Matrix b, RowGate gate) : IRowFunction
{
    private readonly PackedFactor _a = new(a), _b = new(b);

    public int WorkspaceLength => _a.Outputs + _b.Outputs;

    public long ByteCount => _a.ByteCount + _b.ByteCount;

    public bool ReadsInput => true;

    public bool ReadsResidual => false;

    public bool IsGated => true;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta)
    {
        float[] weight = g is null ? gate.Weight : [.. gate.Weight.Zip(g, (w, factor) => w * factor)];
        float bias = gate.Bias + (beta is null ? 0 : (float)gate.Weight.Zip(beta, (w, v) => (double)w * v).Sum());
        return new GatedLowRank(g is null ? a : a.ScaledColumns(g), beta is null ? null : a.Times(beta), f is null ? b : b.ScaledRows(f), new(weight, bias));
    }

    public double GateSum(in FunctionRows rows) => gate.Sum(rows.Input);

    public void Apply(in FunctionRows rows, float factor)
    {
        var shrunk = rows.Workspace[..(rows.Count * _a.Outputs)];
        var product = rows.Workspace.Slice(shrunk.Length, rows.Count * _b.Outputs);
        _a.Multiply(rows.Input, _a.Inputs, rows.Count, shrunk);
        if (offset is not null)
        {
            for (int i = 0; i < shrunk.Length; i++) shrunk[i] += offset[i % offset.Length];
        }
        _b.Multiply(shrunk, _a.Outputs, rows.Count, product);
        for (int i = 0; i < product.Length; i++) rows.Output[i] += factor * product[i];
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
