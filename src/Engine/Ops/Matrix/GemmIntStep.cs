using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// An integer convolution or fully connected layer as a matrix product: patches become rows of left factors, block by block; sums are exact;
/// the epilogue makes outputs of them.
/// </summary>
internal sealed class GemmIntStep<TIn> : ParallelStep where TIn : unmanaged, IBinaryInteger<TIn>
{
    private const int PanelsPerUnit = 8;

    private readonly ConvGeometry _geometry;
    private readonly Operand _input;
    private readonly QuantizedRows? _rows;
    private readonly TIn _zeroPoint;
    private readonly IntWeights _weights;
    private readonly PanelProduct _product;
    private readonly RowTiling _tiling;
    private readonly int _columns;
    private readonly int _stride;
    private readonly Scratch _patches;

    /// <param name="c">The node; input 0 holds the activations unless <paramref name="rows"/> does.</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="rows">Activations quantised at run time, or null.</param>
    /// <param name="zeroPoint">The activations' zero point, when they are an operand.</param>
    /// <param name="weights">Packed weights, one matrix for each group.</param>
    /// <param name="epilogue">What makes outputs of sums.</param>
    public GemmIntStep(in PrepareContext c, in ConvGeometry geometry, QuantizedRows? rows, TIn zeroPoint, IntWeights weights, IIntEpilogue epilogue)
    {
        _geometry = geometry;
        _input = c.In(0);
        (_rows, _zeroPoint, _weights) = (rows, zeroPoint, weights);
        _columns = geometry.OutputChannels / geometry.Groups;
        _product = new(c, weights.Kernel, new(weights.Kernel.PanelWidth, geometry.Groups, _columns), epilogue);
        _tiling = new(geometry.Rows, weights.Kernel.PanelCount(_columns), PanelsPerUnit, geometry.Groups, GemmInt.BlockRows);
        _stride = weights.Kernel.RowBytes(geometry.K);
        _patches = c.ScratchPerWorker((long)_tiling.RowsPerBlock * _stride + LeftRow.Slack);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)_tiling.RowsPerBlock * _geometry.K * Math.Min(_columns, _tiling.PanelsPerGroup * _weights.Kernel.PanelWidth) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<byte>(_patches, worker);
        var gathered = (Matrix: -1, Row: -1);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            if (gathered != (unit.Matrix, unit.Row)) Gather(c, unit, patches);
            gathered = (unit.Matrix, unit.Row);
            var left = new LeftBlock
            {
                Factors = patches,
                Stride = _stride,
                Rows = unit.Rows,
                K = _geometry.K,
                ZeroPoint = _rows is null ? LeftRow.ZeroPoint<TIn>(_weights.Kernel.Left, int.CreateTruncating(_zeroPoint)) : 0,
                OutputRow = unit.Row,
            };
            _product.Run(c, left, _weights.Panels.Get(c, unit.Matrix), unit.Matrix, unit.PanelBegin, unit.PanelEnd, worker);
        }
    }

    private void Gather(in RunContext c, in RowTiling.Unit unit, Span<byte> patches)
    {
        var kind = _weights.Kernel.Left;
        if (_rows is null)
        {
            LeftPatches.Gather(_geometry, c.Read<TIn>(_input), unit.Matrix, unit.Row, unit.Rows, _zeroPoint, kind, patches, _stride);
            return;
        }
        int rowsPerImage = _geometry.OutputHeight * _geometry.OutputWidth;
        for (int r = 0; r < unit.Rows;)
        {
            int image = (unit.Row + r) / rowsPerImage, count = Math.Min(unit.Rows - r, (image + 1) * rowsPerImage - unit.Row - r);
            LeftPatches.Gather(_geometry, _rows.Values(c), unit.Matrix, unit.Row + r, count, _rows.ZeroPoint(c, image), kind, patches[(r * _stride)..], _stride);
            r += count;
        }
    }
}
