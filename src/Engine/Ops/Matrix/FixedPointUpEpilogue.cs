using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Quantised output of sums without a bias by fixed-point multipliers whose ties go upward.</summary>
internal sealed class FixedPointUpEpilogue<TOut>(QuantizedOutput output, QuantizedMultiplier[] multipliers) : RowEpilogue
    where TOut : unmanaged, IBinaryInteger<TOut>
{
    public override void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var target = c.Write<TOut>(output.Output).Slice(row * output.Channels + column, sums.Length);
        for (int i = 0; i < target.Length; i++) target[i] = Requantize.FixedPointUp<TOut>(unchecked((int)sums[i]), multipliers[column + i], output.Numbers);
    }
}
