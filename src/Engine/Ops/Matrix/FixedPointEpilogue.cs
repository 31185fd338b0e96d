using System.Numerics;
using Graft.Graphs;
using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// Quantised output by fixed-point multipliers, as convolutions round: twice for sums of 32 bits, once for those of 64. No sum with its bias
/// is greater than <paramref name="greatest"/> in magnitude.
/// </summary>
internal sealed class FixedPointEpilogue<TOut>(QuantizedOutput output, QuantizedMultiplier[] multipliers, double greatest) : IIntEpilogue
    where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
{
    public bool IsWide => output.Size == SumSize.Long;

    public IPanelEpilogue Panels(PanelLayout layout)
    {
        int[] Arranged(Func<QuantizedMultiplier, int> part) => layout.Arrange<int>(multipliers.Map(part), 0);

        if (output.Size != SumSize.Int) return new Panel<OneRounding>(output, layout, Arranged(m => m.ReducedMantissa << (m.Shift - OneRounding.ShiftMin)), [], []);
        int[] mantissas = Arranged(m => m.Mantissa), right = Arranged(m => m.RightShift);
        bool isBounded = multipliers.All(m => TwoRoundingsBounded.Takes(m, greatest));
        return isBounded
            ? new Panel<TwoRoundingsBounded>(output, layout, mantissas, Arranged(m => 1 << (m.RightShift - 1)), right)
            : new Panel<TwoRoundings>(output, layout, mantissas, Arranged(m => m.LeftShift), right);
    }

    public void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var target = c.Write<TOut>(output.Output).Slice(row * output.Channels + column, sums.Length);
        for (int i = 0; i < target.Length; i++)
        {
            long sum = output.Biased(c, sums[i], column + i);
            var multiplier = multipliers[column + i];
            target[i] = output.Size == SumSize.Int
                ? Requantize.FixedPoint<TOut>((int)sum, multiplier, output.Numbers)
                : Requantize.Reduced<TOut>(sum, multiplier, output.Numbers);
        }
    }

    private sealed class Panel<TScale>(QuantizedOutput output, PanelLayout layout, int[] a, int[] b, int[] c) : IPanelEpilogue where TScale : struct, IPanelScale
    {
        private readonly int[]? _starts = output.Arrange(layout);

        public ReadOnlySpan<int> Start(in RunContext run, int panel, int column, int columns, int width, Span<int> room) => output.Start(run, _starts, panel, column, columns, width, room);

        public void Write(in RunContext run, ReadOnlySpan<int> sums, in PanelOutputs p)
        {
            var first = p.Numbers(a);
            PanelRequantize.Write<TScale, TOut>(sums, p.Width, first, b.Length == 0 ? first : p.Numbers(b), c.Length == 0 ? first : p.Numbers(c),
                output.Numbers, p.Target(run.Write<TOut>(output.Output), output.Channels), p.Across);
        }
    }
}
