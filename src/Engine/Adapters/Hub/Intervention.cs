using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>
/// An intervention in a subspace (Wu et al. 2024, arXiv 2404.03592) at some positions of a sequence: y = x + Rᵀ(f(W x + b) - R x), or without
/// the last term.
/// </summary>
internal sealed class Intervention : IRowFunction
{
    private readonly PackedFactor _down, _up;
    private readonly float[] _bias;
    private readonly VectorFunction? _activation;
    private readonly bool _isDifference;
    private readonly SequenceEnds _ends;

    /// <param name="source">W (r, width).</param>
    /// <param name="bias">b.</param>
    /// <param name="projection">R (r, width).</param>
    /// <param name="activation">f, or null for none.</param>
    /// <param name="isDifference">Whether R x is subtracted.</param>
    /// <param name="ends">Where it acts.</param>
    public Intervention(Matrix source, float[] bias, Matrix projection, VectorFunction? activation, bool isDifference, SequenceEnds ends)
    {
        (_bias, _activation, _isDifference, _ends) = (bias, activation, isDifference, ends);
        _down = new PackedFactor(new(2 * bias.Length, source.Columns, [.. source.Values, .. projection.Values]));
        _up = new PackedFactor(projection.Transposed());
    }

    /// <summary>Channels of a row.</summary>
    public int Width => _down.Inputs;

    public int WorkspaceLength => _down.Outputs;

    public long ByteCount => _down.ByteCount + _up.ByteCount;

    public bool ReadsInput => false;

    public bool ReadsResidual => false;

    public bool IsGated => false;

    public SequenceEnds? Ends => _ends;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta) => f is null && g is null && beta is null ? this
        : throw new AdapterException("an intervention acts on what a norm yields, not within a linear layer");

    public double GateSum(in FunctionRows rows) => throw new InvalidOperationException("there is no gate");

    public void Apply(in FunctionRows rows, float gate)
    {
        int width = Width, rank = _bias.Length;
        for (int i = 0; i < rows.Count; i++)
        {
            var x = rows.Output.Slice(i * width, width);
            Span<float> both = rows.Workspace[..(2 * rank)], seen = both[..rank];
            _down.Multiply(x, width, 1, both);
            for (int k = 0; k < rank; k++) seen[k] += _bias[k];
            _activation?.Invoke(seen);
            for (int k = 0; _isDifference && k < rank; k++) seen[k] -= both[rank + k];
            _up.MultiplyAdd(seen, rank, 1, x);
        }
    }

    public void Dispose()
    {
        _down.Dispose();
        _up.Dispose();
    }
}
