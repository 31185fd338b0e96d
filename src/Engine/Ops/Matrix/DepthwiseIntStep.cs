using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// An integer depthwise convolution, line after line of the output: the input lines that a worker's filter sees are kept until it has passed
/// them; the epilogue makes outputs of the sums of a panel of channels.
/// </summary>
internal sealed class DepthwiseIntStep<TIn> : ParallelStep where TIn : unmanaged, IBinaryInteger<TIn>
{
    /// <summary>Positions whose sums wait for the epilogue.</summary>
    private const int BlockPositions = 64;

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
        _epilogue = epilogue.Panels(new(kernel.Width, 1, geometry.OutputChannels));
        _lines = c.ScratchPerWorker(kernel.LinesLength * sizeof(short));
        _sums = c.ScratchPerWorker((long)BlockPositions * kernel.Width * sizeof(int));
    }

    public override int Units => _geometry.Batch * _geometry.OutputHeight;

    public override long UnitCost => (long)_geometry.OutputWidth * _geometry.FilterHeight * _geometry.FilterWidth * _geometry.OutputChannels / 8;

    public override long Products => (long)_geometry.Rows * _geometry.FilterHeight * _geometry.FilterWidth * _geometry.OutputChannels;

    public override string Kernel => "depthwise-i16i16i32";

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = _repeated is { } scratch ? c.Scratch<TIn>(scratch) : _rows is null ? c.Read<TIn>(_input) : MemoryMarshal.Cast<sbyte, TIn>(_rows.Values(c));
        var lines = c.Scratch<short>(_lines, worker);
        Span<int> slots = stackalloc int[_geometry.FilterHeight], kept = stackalloc int[_geometry.FilterHeight];
        kept.Fill(-1);
        for (int line = begin; line < end; line++)
        {
            int image = line / _geometry.OutputHeight, top = line % _geometry.OutputHeight * _geometry.StrideY - _geometry.PadY;
            for (int fy = 0; fy < slots.Length; fy++)
            {
                // Lines of all images, counted from the first that any filter sees.
                int y = top + fy * _geometry.DilationY, number = image * (_geometry.InputHeight + 2 * Reach) + y + Reach;
                slots[fy] = _geometry.DilationY == 1 ? number % slots.Length : fy;
                if (kept[slots[fy]] == number) continue;
                kept[slots[fy]] = number;
                TIn zero = _rows is null ? _zeroPoint : TIn.CreateTruncating(_rows.ZeroPoint(c, image));
                _kernel.Keep(source, image, y, zero, lines, slots[fy]);
            }
            Line(c, line, lines, slots, worker);
        }
    }

    private int Reach => _geometry.FilterHeight * _geometry.DilationY + _geometry.StrideY;

    private void Line(in RunContext c, int line, ReadOnlySpan<short> lines, ReadOnlySpan<int> slots, int worker)
    {
        int width = _kernel.Width, outputs = _geometry.OutputWidth;
        var sums = c.Scratch<int>(_sums, worker);
        var weights = _weights.Get(c, 0);
        Span<int> room = stackalloc int[width];
        for (int panel = 0; panel < _kernel.Panels; panel++)
        {
            int column = panel * width, columns = Math.Min(width, _geometry.OutputChannels - column);
            var start = _epilogue.Start(c, panel, column, columns, room.Length, room);
            for (int x = 0; x < outputs; x += BlockPositions)
            {
                int count = Math.Min(BlockPositions, outputs - x);
                _kernel.Sums(lines, slots, panel, weights, start, x, x + count, sums);
                _epilogue.Write(c, sums, new() { Width = width, Panel = panel, Column = column, Columns = columns, Row = line * outputs + x, Rows = count, RowStep = 1 });
            }
        }
    }
}
