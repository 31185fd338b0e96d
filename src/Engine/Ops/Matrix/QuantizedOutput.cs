using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The size of an operator's sums.</summary>
internal enum SumSize
{
    /// <summary>32 bits, wrapping.</summary>
    Int,

    /// <summary>64 bits.</summary>
    Long,

    /// <summary>64 bits, of which these weights and this bias need 32.</summary>
    LongInInt,
}

/// <summary>
/// What quantised outputs have in common: a bias of 32 or 64 bits, zero point and bounds. Rows have <paramref name="Channels"/> outputs, of which
/// each pixel has <paramref name="PixelChannels"/>.
/// </summary>
internal sealed record QuantizedOutput(Operand Bias, bool IsBiasLong, SumSize Size, PanelRequantize.Output Numbers, Operand Output, int Channels, int PixelChannels)
{
    /// <summary>The bias as what 32-bit sums begin with, in panel order.</summary>
    public void Start(in RunContext c, int column, int columns, Span<int> start)
    {
        if (!Bias.IsPresent) start.Clear();
        else if (!IsBiasLong && PixelChannels == Channels) PanelSums.Arrange(c.Read<int>(Bias).Slice(column, columns), start);
        else
        {
            Span<int> bias = stackalloc int[columns];
            for (int i = 0; i < columns; i++) bias[i] = (int)At(c, column + i);
            PanelSums.Arrange(bias, start);
        }
    }

    public PanelTarget<TOut> Target<TOut>(in RunContext c, in PanelOutputs p) where TOut : unmanaged =>
        new(c.Write<TOut>(Output)[(p.Row * Channels + p.Column)..], Channels * p.RowStep, p.Rows, p.Columns);

    /// <summary>The sum with its bias, cut to the size of the operator's sums.</summary>
    public long Biased(in RunContext c, long sum, int column)
    {
        if (Bias.IsPresent) sum += At(c, column);
        return Size == SumSize.Int ? unchecked((int)sum) : sum;
    }

    private long At(in RunContext c, int column) => IsBiasLong ? c.Read<long>(Bias)[column % PixelChannels] : c.Read<int>(Bias)[column % PixelChannels];
}
