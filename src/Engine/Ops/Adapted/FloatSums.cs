using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Integer sums as the real numbers they stand for: scale * (sum + bias), without activation; rows in scratch memory.</summary>
internal sealed class FloatSums(Operand bias, bool isBiasWide, bool isWide, double[] scales, Scratch rows) : IIntEpilogue
{
    public bool IsWide => isWide;

    public void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column)
    {
        var target = Target(c, row, column, sums.Length);
        for (int i = 0; i < target.Length; i++) target[i] = (float)((sums[i] + Bias(c, column + i)) * scales[column + i]);
    }

    public void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var target = Target(c, row, column, sums.Length);
        for (int i = 0; i < target.Length; i++) target[i] = (float)((sums[i] + Bias(c, column + i)) * scales[column + i]);
    }

    private Span<float> Target(in RunContext c, int row, int column, int length) => c.Scratch<float>(rows).Slice(row * scales.Length + column, length);

    private long Bias(in RunContext c, int column) => !bias.IsPresent ? 0 : isBiasWide ? c.Read<long>(bias)[column] : c.Read<int>(bias)[column];
}
