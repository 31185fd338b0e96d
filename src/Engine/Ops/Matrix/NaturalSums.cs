using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// The 32-bit sums of up to <see cref="GemmInt.BlockRows"/> rows of 16-bit factors with all columns of a right matrix, in natural order: for
/// steps that make something else of them than outputs. Used by one worker at a time.
/// </summary>
internal sealed class NaturalSums(in PrepareContext c, IntWeights weights, int k, int columns)
{
    private readonly int _stride = weights.Kernel.RowBytes(k);
    private readonly Scratch _factors = c.ScratchPerWorker((long)GemmInt.BlockRows * weights.Kernel.RowBytes(k) + LeftRow.Slack);
    private readonly Scratch _panel = c.ScratchPerWorker((long)GemmInt.BlockRows * weights.Kernel.PanelWidth * sizeof(int));
    private readonly Scratch _sums = c.ScratchPerWorker((long)GemmInt.BlockRows * columns * sizeof(int));

    /// <summary>Row <paramref name="index"/> of the next run: values less their zero point.</summary>
    public void SetRow<T>(in RunContext c, int index, ReadOnlySpan<T> row, T zeroPoint, int worker) where T : unmanaged, IBinaryInteger<T> =>
        LeftRow.Convert(weights.Kernel.Left, row, 0, k, zeroPoint, c.Scratch<byte>(_factors, worker)[(index * _stride)..]);

    /// <summary>The sums of the first <paramref name="count"/> rows, row after row; valid until the next run.</summary>
    public ReadOnlySpan<int> Run(in RunContext c, int count, int worker)
    {
        Span<int> zeros = stackalloc int[GemmInt.PanelWidthMax];
        zeros.Clear();
        var kernel = weights.Kernel;
        var panel = c.Scratch<int>(_panel, worker);
        var sums = c.Scratch<int>(_sums, worker)[..(count * columns)];
        var packed = weights.Panels.Get(c, 0);
        for (int p = 0, first = 0; first < columns; p++, first += kernel.PanelWidth)
        {
            kernel.Run(new(c.Scratch<byte>(_factors, worker), _stride, count, _stride), k, 0, packed, p, zeros, panel);
            PanelSums.Write(panel, kernel.PanelWidth, new(sums[first..], columns, count, Math.Min(kernel.PanelWidth, columns - first)));
        }
        return sums;
    }
}
