using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>
/// An additive coupling of the two halves of a row (Dinh et al. 2014, arXiv 1410.8516), as MAD-X puts it behind the embeddings (Pfeiffer et al.
/// 2020, arXiv 2005.00052): y1 = x1 + F(x2), y2 = x2 + G(y1), F and G of two layers with an activation between.
/// </summary>
internal sealed class Coupling(CouplingNet first, CouplingNet second, VectorFunction activation) : IRowFunction
{
    public int WorkspaceLength => Math.Max(first.WorkspaceLength, second.WorkspaceLength);

    public long ByteCount => first.ByteCount + second.ByteCount;

    public bool ReadsInput => false;

    public bool ReadsResidual => false;

    public bool IsGated => false;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta) => f is null && g is null && beta is null ? this
        : throw new AdapterException("an invertible adapter acts on what a norm yields, not within a linear layer");

    public double GateSum(in FunctionRows rows) => throw new InvalidOperationException("there is no gate");

    public void Apply(in FunctionRows rows, float gate)
    {
        int split = first.Outputs, width = split + second.Outputs;
        first.AddTo(rows.Output[split..], rows.Output, width, rows.Count, activation, rows.Workspace);
        second.AddTo(rows.Output, rows.Output[split..], width, rows.Count, activation, rows.Workspace);
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}

/// <summary>W2 f(W1 x + b1) + b2.</summary>
internal sealed class CouplingNet(Matrix down, float[] downBias, Matrix up, float[] upBias) : IDisposable
{
    private readonly PackedFactor _down = new(down), _up = new(up);

    public int Inputs => _down.Inputs;

    public int Outputs => _up.Outputs;

    public int WorkspaceLength => _down.Outputs + _up.Outputs;

    public long ByteCount => _down.ByteCount + _up.ByteCount;

    /// <summary>Adds the function of x to y; both have so many floats from row to row.</summary>
    public void AddTo(ReadOnlySpan<float> x, Span<float> y, int stride, int rows, VectorFunction activation, Span<float> workspace)
    {
        Span<float> narrow = workspace[..(rows * _down.Outputs)], wide = workspace.Slice(narrow.Length, rows * _up.Outputs);
        _down.Multiply(x, stride, rows, narrow);
        for (int i = 0; i < narrow.Length; i++) narrow[i] += downBias[i % downBias.Length];
        activation(narrow);
        _up.Multiply(narrow, _down.Outputs, rows, wide);
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < upBias.Length; i++) y[r * stride + i] += wide[r * upBias.Length + i] + upBias[i];
        }
    }

    public void Dispose()
    {
        _down.Dispose();
        _up.Dispose();
    }
}
