using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// An integer convolution or fully connected layer as a matrix product. Activations are widened to 16 bits without their zero point;
/// sums are exact; <typeparamref name="TEpilogue"/> makes outputs of them.
/// </summary>
internal sealed class GemmIntStep<TIn, TEpilogue> : ParallelStep
    where TIn : unmanaged, IBinaryInteger<TIn>
    where TEpilogue : class, IIntEpilogue
{
    private const int PanelsPerUnit = 8;

    /// <summary>Factors after which 32-bit partial sums of 16-bit activations and 8-bit weights are moved to 64 bits: 256 * 2^15 * 2^7 = 2^30.</summary>
    private const int WideChunk = 256;

    private readonly ConvGeometry _geometry;
    private readonly Operand _input;
    private readonly QuantizedRows? _rows;
    private readonly TIn _zeroPoint;
    private readonly RightMatrix<short> _weights;
    private readonly TEpilogue _epilogue;
    private readonly RowTiling _tiling;
    private readonly int _columns;
    private readonly int _stride;
    private readonly int _width;
    private readonly Scratch _patches;
    private readonly Scratch _sums;
    private readonly Scratch _wideSums;

    /// <param name="c">The node; input 0 holds the activations unless <paramref name="rows"/> does.</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="rows">Activations quantised at run time, or null.</param>
    /// <param name="zeroPoint">The activations' zero point, when they are an operand.</param>
    /// <param name="weights">Packed weights, one matrix for each group.</param>
    /// <param name="epilogue">What makes outputs of sums.</param>
    public GemmIntStep(in PrepareContext c, in ConvGeometry geometry, QuantizedRows? rows, TIn zeroPoint, RightMatrix<short> weights, TEpilogue epilogue)
    {
        _geometry = geometry;
        _input = c.In(0);
        (_rows, _zeroPoint, _weights, _epilogue) = (rows, zeroPoint, weights, epilogue);
        _columns = geometry.OutputChannels / geometry.Groups;
        _tiling = new(geometry.Rows, GemmInt.PanelCount(_columns), PanelsPerUnit, geometry.Groups);
        _stride = GemmInt.PaddedK(geometry.K);
        _width = _tiling.PanelsPerGroup * GemmInt.PanelWidth;
        _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * _stride * sizeof(short));
        _sums = c.ScratchPerWorker((long)RowTiling.BlockRows * _width * sizeof(int));
        if (epilogue.IsWide) _wideSums = c.ScratchPerWorker((long)RowTiling.BlockRows * _width * sizeof(long));
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)Math.Min(RowTiling.BlockRows, _geometry.Rows) * _geometry.K * Math.Min(_columns, _width) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<short>(_patches, worker);
        var sums = c.Scratch<int>(_sums, worker);
        var gathered = (Matrix: -1, Row: -1);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            if (gathered != (unit.Matrix, unit.Row)) Gather(c, unit, patches);
            gathered = (unit.Matrix, unit.Row);
            int first = unit.PanelBegin * GemmInt.PanelWidth, count = Math.Min(unit.PanelEnd * GemmInt.PanelWidth, _columns) - first;
            int column = unit.Matrix * _columns + first;
            if (_epilogue.IsWide)
            {
                var wide = Wide(c, unit, patches, sums, worker);
                for (int r = 0; r < unit.Rows; r++) _epilogue.Write(c, wide.Slice(r * _width, count), unit.Row + r, column);
                continue;
            }
            GemmInt.Run(patches, _stride, unit.Rows, _geometry.K, 0, _stride, _weights.Get(c, unit.Matrix), unit.PanelBegin, unit.PanelEnd, sums, _width);
            for (int r = 0; r < unit.Rows; r++) _epilogue.Write(c, sums.Slice(r * _width, count), unit.Row + r, column);
        }
    }

    private void Gather(in RunContext c, in RowTiling.Unit unit, Span<short> patches)
    {
        if (_rows is null)
        {
            Patches.Gather(_geometry, c.Read<TIn>(_input), unit.Matrix, unit.Row, unit.Rows, _zeroPoint, patches, _stride);
            return;
        }
        int rowsPerImage = _geometry.OutputHeight * _geometry.OutputWidth;
        for (int r = 0; r < unit.Rows;)
        {
            int image = (unit.Row + r) / rowsPerImage, count = Math.Min(unit.Rows - r, (image + 1) * rowsPerImage - unit.Row - r);
            Patches.Gather(_geometry, _rows.Values(c), unit.Matrix, unit.Row + r, count, _rows.ZeroPoint(c, image), patches[(r * _stride)..], _stride);
            r += count;
        }
    }

    private ReadOnlySpan<long> Wide(in RunContext c, in RowTiling.Unit unit, ReadOnlySpan<short> patches, Span<int> sums, int worker)
    {
        var wide = c.Scratch<long>(_wideSums, worker)[..(unit.Rows * _width)];
        wide.Clear();
        for (int k = 0; k < _stride; k += WideChunk)
        {
            GemmInt.Run(patches, _stride, unit.Rows, _geometry.K, k, Math.Min(k + WideChunk, _stride), _weights.Get(c, unit.Matrix), unit.PanelBegin, unit.PanelEnd, sums, _width);
            for (int i = 0; i < wide.Length; i++) wide[i] += sums[i];
        }
        return wide;
    }
}
