using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// An integer depthwise convolution, band after band of output rows: the input lines that a worker's filter sees are kept until it has passed
/// them; the epilogue makes outputs of the sums of a panel of channels.
/// </summary>
internal sealed class DepthwiseIntStep<TIn> : ParallelStep where TIn : unmanaged, IBinaryInteger<TIn>
{
    /// <summary>Positions whose sums wait for the epilogue.</summary>
    private const int BlockPositions = 64;

    /// <summary>Output rows of so many positions that one block takes.</summary>
    public static int BandMax(int outputWidth) => Math.Max(1, BlockPositions / Math.Max(1, outputWidth));

    private readonly ConvGeometry _geometry;
    private readonly DepthwiseInt _kernel;
    private readonly Operand _input;
    private readonly Scratch? _repeated;
    private readonly QuantizedRows? _rows;
    private readonly TIn _zeroPoint;
    private readonly RightMatrix<short> _weights;
    private readonly IPanelEpilogue _epilogue;
    private readonly Scratch _lines;
    private readonly Scratch _sums;

    public DepthwiseIntStep(in PrepareContext c, in ConvGeometry geometry, DepthwiseInt kernel, Scratch? repeated, QuantizedRows? rows, TIn zeroPoint, RightMatrix<short> weights, IIntEpilogue epilogue)
    {
        (_geometry, _kernel, _input, _repeated, _rows, _zeroPoint, _weights) = (geometry, kernel, c.In(0), repeated, rows, zeroPoint, weights);
        _epilogue = epilogue.Panels(new(kernel.Width, 1, kernel.Columns));
        _lines = c.ScratchPerWorker(kernel.LinesLength * sizeof(short));
        _sums = c.ScratchPerWorker((long)BlockPositions * kernel.Width * sizeof(int));
    }

    private int Rows => _geometry.Batch * _geometry.OutputHeight;

    /// <summary>All output rows of one block of panels, then of the next.</summary>
    public override int Units => _kernel.Blocks * Rows;

    public override long UnitCost => Products / 8 / Math.Max(1, Units);

    public override long Products => (long)_geometry.Rows * _geometry.FilterHeight * _geometry.FilterWidth * _geometry.OutputChannels;

    public override string Kernel => "depthwise-i16i16i32";

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = _repeated is { } scratch ? c.Scratch<TIn>(scratch) : _rows is null ? c.Read<TIn>(_input) : MemoryMarshal.Cast<sbyte, TIn>(_rows.Values(c));
        var lines = c.Scratch<short>(_lines, worker);
        Span<int> kept = stackalloc int[_kernel.Slots];
        Span<nuint> offsets = stackalloc nuint[_kernel.BandOffsets];
        for (int unit = begin, count; unit < end; unit += count)
        {
            int row = unit % Rows, image = row / _geometry.OutputHeight, first = unit / Rows * _kernel.BlockPanels;
            if (row == 0 || unit == begin) kept.Fill(-1);
            count = Math.Min(_kernel.Band, Math.Min(end - unit, (image + 1) * _geometry.OutputHeight - row));
            TIn zero = _rows is null ? _zeroPoint : TIn.CreateTruncating(_rows.ZeroPoint(c, image));
            _kernel.Keep(source, zero, row, count, first, lines, kept, offsets);
            Band(c, row, count, first, lines, offsets, worker);
        }
    }

    /// <summary>Some rows of a block of panels: in one block of positions, or one row in as many as it takes.</summary>
    private void Band(in RunContext c, int row, int count, int first, ReadOnlySpan<short> lines, ReadOnlySpan<nuint> offsets, int worker)
    {
        int width = _kernel.Width, outputs = _kernel.Positions;
        var sums = c.Scratch<int>(_sums, worker);
        var weights = _weights.Get(c, 0);
        Span<int> room = stackalloc int[width];
        for (int panel = first; panel < Math.Min(first + _kernel.BlockPanels, _kernel.Panels); panel++)
        {
            int column = panel * width, columns = Math.Min(width, _kernel.Columns - column);
            var start = _epilogue.Start(c, panel, column, columns, room.Length, room);
            for (int x = 0; x < outputs; x += BlockPositions)
            {
                int positions = Math.Min(BlockPositions, outputs - x);
                _kernel.Sums(lines, offsets, count, panel, weights, start, x, x + positions, sums);
                _epilogue.Write(c, sums, new() { Width = width, Panel = panel, Column = column, Columns = columns, Row = row * outputs + x, Rows = count * positions, RowStep = 1 });
            }
        }
    }
}
