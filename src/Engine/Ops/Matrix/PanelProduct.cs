using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The left side of a block of an integer product.</summary>
internal readonly ref struct LeftBlock
{
    /// <summary>Rows of factors in the form of the kernel; at most <see cref="GemmInt.BlockRows"/>.</summary>
    public required LeftRows<byte> Rows { get; init; }

    /// <summary>Rows of the right matrix.</summary>
    public required int K { get; init; }

    /// <summary>
    /// The zero point in the factors of all rows, see <see cref="Kernels.Conv.LeftRow.ZeroPoint"/>; null where each has its own, which the epilogue subtracts.
    /// </summary>
    public int? ZeroPoint { get; init; } = 0;

    /// <summary>The output row of the first row.</summary>
    public required int OutputRow { get; init; }

    /// <summary>From the output row of each row to that of the next.</summary>
    public int OutputStep { get; init; } = 1;

    public LeftBlock()
    {
    }
}

/// <summary>Multiplies blocks of rows with panels, and makes outputs of the sums while they are in the nearest cache.</summary>
internal sealed class PanelProduct
{
    /// <summary>Bytes of factors after which 32-bit partial sums of 16-bit activations and 8-bit weights are moved to 64 bits: 256 * 2^15 * 2^7 = 2^30.</summary>
    private const int WideBytes = 256 * sizeof(short);

    private readonly GemmInt _kernel;
    private readonly PanelLayout _layout;
    private readonly IIntEpilogue _rows;
    private readonly IPanelEpilogue? _panels;
    private readonly Scratch _sums;
    private readonly Scratch _wideSums;
    private readonly int _zeroPointOffset;

    public PanelProduct(in PrepareContext c, GemmInt kernel, PanelLayout layout, IIntEpilogue epilogue)
    {
        (_kernel, _layout, _rows) = (kernel, layout, epilogue);
        _zeroPointOffset = LeftRow.ZeroPoint<sbyte>(kernel.Left, 0);
        _sums = c.ScratchPerWorker((long)GemmInt.BlockRows * layout.Width * sizeof(int));
        if (epilogue.IsWide) _wideSums = c.ScratchPerWorker((long)layout.Width * sizeof(long));
        else _panels = epilogue.Panels(layout);
    }

    /// <summary>Panels [begin, end) of the matrix <paramref name="packed"/>, which is that of <paramref name="group"/>.</summary>
    public void Run(in RunContext c, in LeftBlock left, ReadOnlySpan<byte> packed, int group, int begin, int end, int worker)
    {
        if (left.Rows.Count == 1 && _panels is not null && left.ZeroPoint is not null)
        {
            // Whole panels of one row are written together.
            int whole = Math.Max(begin, Math.Min(end, _layout.WholePanels));
            Across(c, left, packed, group, begin, whole, worker);
            begin = whole;
        }
        Span<int> room = stackalloc int[GemmInt.PanelWidthMax];
        room = room[.._layout.Width];
        var sums = c.Scratch<int>(_sums, worker);
        for (int panel = begin; panel < end; panel++)
        {
            int first = panel * _layout.Width, columns = Math.Min(_layout.Width, _layout.Columns - first), column = group * _layout.Columns + first;
            if (_panels is null)
            {
                Wide(c, left, packed, panel, column, columns, worker);
                continue;
            }
            int index = group * _layout.PanelsPerGroup + panel;
            var start = _panels.Start(c, index, column, columns, _layout.Width, room);
            if (left.ZeroPoint is { } zeroPoint) start = _kernel.Correct(packed, panel, 1, left.K, zeroPoint, start, room);
            _kernel.Run(left.Rows, left.K, 0, packed, panel, start, sums);
            _panels.Write(c, sums, new()
            {
                Width = _layout.Width,
                Panel = index,
                Column = column,
                Columns = columns,
                Row = left.OutputRow,
                Rows = left.Rows.Count,
                RowStep = left.OutputStep,
                ColumnSums = left.ZeroPoint is null ? _kernel.ColumnSums(packed, panel, left.K) : default,
                ZeroPointOffset = _zeroPointOffset,
            });
        }
    }

    private void Across(in RunContext c, in LeftBlock left, ReadOnlySpan<byte> packed, int group, int begin, int end, int worker)
    {
        var sums = c.Scratch<int>(_sums, worker);
        for (int panel = begin, count; panel < end; panel += count)
        {
            count = Math.Min(GemmInt.BlockRows, end - panel);
            int index = group * _layout.PanelsPerGroup + panel, column = group * _layout.Columns + panel * _layout.Width;
            var room = sums[..(count * _layout.Width)];
            var start = _panels!.Start(c, index, column, room.Length, _layout.Width, room);
            start = _kernel.Correct(packed, panel, count, left.K, left.ZeroPoint!.Value, start, room);
            if (start != room) start.CopyTo(room);
            _kernel.RunAcross(left.Rows, left.K, packed, panel, count, sums);
            _panels.Write(c, sums, new() { Width = _layout.Width, Panel = index, Column = column, Columns = _layout.Width, Row = left.OutputRow, Rows = count, Across = true });
        }
    }

    private void Wide(in RunContext c, in LeftBlock left, ReadOnlySpan<byte> packed, int panel, int column, int columns, int worker)
    {
        Span<int> zeros = stackalloc int[GemmInt.PanelWidthMax];
        zeros.Clear();
        var sums = c.Scratch<int>(_sums, worker)[.._layout.Width];
        var wide = c.Scratch<long>(_wideSums, worker)[.._layout.Width];
        for (int r = 0; r < left.Rows.Count; r++)
        {
            wide.Clear();
            for (int s = 0, word = 0; s < left.Rows.Segments.Length; s++)
            {
                for (int at = 0; at < left.Rows.SegmentLength; at += WideBytes)
                {
                    int length = Math.Min(WideBytes, left.Rows.SegmentLength - at);
                    var part = new LeftRows<byte>(left.Rows.Values[(left.Rows.Start(r) + left.Rows.Segments[s] + at)..], length, 1, length);
                    _kernel.Run(part, left.K, word, packed, panel, zeros, sums);
                    for (int i = 0; i < sums.Length; i++) wide[PanelOrder.Column(i, sums.Length)] += sums[i];
                    word += length / sizeof(int);
                }
            }
            _rows.WriteRow(c, wide[..columns], left.OutputRow + r * left.OutputStep, column);
        }
    }
}
