using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Integer sums as the real numbers they stand for: scale * (sum + bias), without activation; rows in scratch memory.</summary>
internal sealed class FloatSums(Operand bias, bool isBiasWide, bool isWide, double[] scales, Scratch rows) : RowEpilogue
{
    public override bool IsWide => isWide;

    public override void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var target = c.Scratch<float>(rows).Slice(row * scales.Length + column, sums.Length);
        for (int i = 0; i < target.Length; i++) target[i] = (float)((sums[i] + Bias(c, column + i)) * scales[column + i]);
    }

    private long Bias(in RunContext c, int column) => !bias.IsPresent ? 0 : isBiasWide ? c.Read<long>(bias)[column] : c.Read<int>(bias)[column];
}
