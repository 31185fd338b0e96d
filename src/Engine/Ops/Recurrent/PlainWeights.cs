using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>Weights as a plain matrix, for the reference kernels; sparse ones are expanded once.</summary>
internal sealed class PlainWeights<T> where T : unmanaged
{
    private readonly Operand _operand;
    private readonly T[]? _expanded;

    public PlainWeights(in PrepareContext c, int operand)
    {
        _operand = c.In(operand);
        if (MatrixWeights.Sparse(c, operand) is { } layout) _expanded = c.Packed(operand, "expanded", data => MatrixWeights.Dense<T>(layout, data.Bytes).ToArray());
    }

    public ReadOnlySpan<T> Get(in RunContext c) => _expanded ?? c.Read<T>(_operand);
}
