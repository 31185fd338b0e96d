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
    /// <summary>A constant bias with 32 bits for each channel of a row, or null.</summary>
    public int[]? Constant { get; init; }

    /// <summary>A constant bias as whole panels in their order, or null.</summary>
    public int[]? Arrange(PanelLayout layout) => Constant is null ? null : layout.Arrange<int>(Constant, 0);

    /// <summary>The bias as what 32-bit sums begin with, in panel order: from whole panels where it was arranged.</summary>
    public ReadOnlySpan<int> Start(in RunContext c, int[]? arranged, int panel, int column, int columns, int width, Span<int> room)
    {
        if (arranged is not null) return arranged.AsSpan(panel * width, room.Length);
        Span<int> bias = stackalloc int[width];
        for (int first = 0; first < columns; first += width)
        {
            int count = Math.Min(width, columns - first);
            for (int i = 0; i < count; i++) bias[i] = Bias.IsPresent ? (int)At(c, column + first + i) : 0;
            PanelSums.Arrange(bias[..count], room.Slice(first, width));
        }
        return room;
    }

    /// <summary>The sum with its bias, cut to the size of the operator's sums.</summary>
    public long Biased(in RunContext c, long sum, int column)
    {
        if (Bias.IsPresent) sum += At(c, column);
        return Size == SumSize.Int ? unchecked((int)sum) : sum;
    }

    private long At(in RunContext c, int column) => IsBiasLong ? c.Read<long>(Bias)[column % PixelChannels] : c.Read<int>(Bias)[column % PixelChannels];
}
