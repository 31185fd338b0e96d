using System.Numerics;
using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Quantised output by double multiplication, as fully connected layers round.</summary>
internal sealed class DoubleEpilogue<TOut>(QuantizedOutput output, double[] factors) : IIntEpilogue
    where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
{
    public bool IsWide => output.Size == SumSize.Long;

    public IPanelEpilogue Panels(PanelLayout layout) => new Panel(output, layout, layout.Arrange<double>(factors, 0));

    public void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var target = c.Write<TOut>(output.Output).Slice(row * output.Channels + column, sums.Length);
        for (int i = 0; i < target.Length; i++) target[i] = Requantize.Double<TOut>(output.Biased(c, sums[i], column + i), factors[column + i], output.Numbers);
    }

    private sealed class Panel(QuantizedOutput output, PanelLayout layout, double[] factors) : IPanelEpilogue
    {
        private readonly int[]? _starts = output.Arrange(layout);

        public ReadOnlySpan<int> Start(in RunContext c, int panel, int column, int columns, int width, Span<int> room) => output.Start(c, _starts, panel, column, columns, width, room);

        public void Write(in RunContext c, ReadOnlySpan<int> sums, in PanelOutputs p) =>
            PanelRequantize.WriteDouble(sums, p.Width, p.Numbers(factors), output.Numbers, p.Target(c.Write<TOut>(output.Output), output.Channels), p.Across);
    }
}
