using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The left side of a block of an integer product.</summary>
internal readonly ref struct LeftBlock
{
    /// <summary>Rows of factors in the form of the kernel.</summary>
    public required ReadOnlySpan<byte> Factors { get; init; }

    /// <summary>Bytes from row to row.</summary>
    public required int Stride { get; init; }

    public required int Rows { get; init; }

    public required int K { get; init; }

    /// <summary>The zero point in the factors, when all rows have one; see <see cref="Kernels.Conv.LeftRow.ZeroPoint"/>.</summary>
    public int ZeroPoint { get; init; }

    /// <summary>The output row of the first row.</summary>
    public required int OutputRow { get; init; }

    /// <summary>The output row of each row, where they are not consecutive.</summary>
    public ReadOnlySpan<int> OutputRows { get; init; }
}

/// <summary>Multiplies blocks of rows with panels, and makes outputs of the sums while they are in the nearest cache.</summary>
internal sealed class PanelProduct
{
    /// <summary>Factors after which 32-bit partial sums of 16-bit activations and 8-bit weights are moved to 64 bits: 256 * 2^15 * 2^7 = 2^30.</summary>
    private const int WideChunk = 256;

    private readonly GemmInt _kernel;
    private readonly PanelLayout _layout;
    private readonly IIntEpilogue _rows;
    private readonly IPanelEpilogue? _panels;
    private readonly Scratch _sums;
    private readonly Scratch _wideSums;

    public PanelProduct(in PrepareContext c, GemmInt kernel, PanelLayout layout, IIntEpilogue epilogue)
    {
        (_kernel, _layout, _rows) = (kernel, layout, epilogue);
        _sums = c.ScratchPerWorker((long)GemmInt.BlockRows * layout.Width * sizeof(int));
        if (epilogue.IsWide) _wideSums = c.ScratchPerWorker((long)layout.Width * sizeof(long));
        else _panels = epilogue.Panels(layout);
    }

    /// <summary>Panels [begin, end) of the matrix <paramref name="packed"/>, which is that of <paramref name="group"/>; at most <see cref="GemmInt.BlockRows"/> rows.</summary>
    public void Run(in RunContext c, in LeftBlock left, ReadOnlySpan<byte> packed, int group, int begin, int end, int worker)
    {
        Span<int> start = stackalloc int[GemmInt.PanelWidthMax];
        start = start[.._layout.Width];
        var sums = c.Scratch<int>(_sums, worker);
        for (int panel = begin; panel < end; panel++)
        {
            int first = panel * _layout.Width, columns = Math.Min(_layout.Width, _layout.Columns - first), column = group * _layout.Columns + first;
            if (_panels is null)
            {
                Wide(c, left, packed, panel, column, columns, worker);
                continue;
            }
            _panels.Start(c, column, columns, start);
            _kernel.Correct(packed, panel, left.K, left.ZeroPoint, start);
            _kernel.Run(left.Factors, left.Stride, left.Rows, left.K, 0, left.K, packed, panel, start, sums);
            Write(c, _panels, left, sums, new()
            {
                Width = _layout.Width,
                Panel = group * _layout.PanelsPerGroup + panel,
                Column = column,
                Columns = columns,
                Row = left.OutputRow,
                Rows = left.Rows,
                RowStep = 1,
                ColumnSums = _kernel.ColumnSums(packed, panel, left.K),
                ZeroPointOffset = LeftRow.ZeroPoint<sbyte>(_kernel.Left, 0),
            });
        }
    }

    private static void Write(in RunContext c, IPanelEpilogue epilogue, in LeftBlock left, ReadOnlySpan<int> sums, in PanelOutputs outputs)
    {
        if (left.OutputRows.IsEmpty)
        {
            epilogue.Write(c, sums, outputs);
            return;
        }
        for (int r = 0, count; r < left.Rows; r += count)
        {
            count = Evenly(left.OutputRows[r..left.Rows], out int step);
            epilogue.Write(c, sums[(r * outputs.Width)..], new()
            {
                Width = outputs.Width,
                Panel = outputs.Panel,
                Column = outputs.Column,
                Columns = outputs.Columns,
                Row = left.OutputRows[r],
                Rows = count,
                RowStep = step,
                ColumnSums = outputs.ColumnSums,
                ZeroPointOffset = outputs.ZeroPointOffset,
            });
        }
    }

    /// <summary>How many of the first rows are evenly spaced, and the distance.</summary>
    private static int Evenly(ReadOnlySpan<int> rows, out int step)
    {
        step = rows.Length > 1 && rows[1] > rows[0] ? rows[1] - rows[0] : 1;
        int count = 1;
        while (count < rows.Length && rows[count] - rows[count - 1] == step) count++;
        return count;
    }

    private void Wide(in RunContext c, in LeftBlock left, ReadOnlySpan<byte> packed, int panel, int column, int columns, int worker)
    {
        Span<int> zeros = stackalloc int[GemmInt.PanelWidthMax];
        zeros.Clear();
        var sums = c.Scratch<int>(_sums, worker)[.._layout.Width];
        var wide = c.Scratch<long>(_wideSums, worker)[.._layout.Width];
        for (int r = 0; r < left.Rows; r++)
        {
            wide.Clear();
            for (int k = 0; k < left.K; k += WideChunk)
            {
                _kernel.Run(left.Factors[(r * left.Stride)..], left.Stride, 1, left.K, k, Math.Min(k + WideChunk, left.K), packed, panel, zeros, sums);
                for (int i = 0; i < sums.Length; i++) wide[PanelOrder.Column(i, sums.Length)] += sums[i];
            }
            _rows.WriteRow(c, wide[..columns], left.OutputRows.IsEmpty ? left.OutputRow + r : left.OutputRows[r], column);
        }
    }
}
