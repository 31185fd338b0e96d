using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// An integer convolution or fully connected layer as a matrix product: inputs become left factors, block by block; sums are exact; the epilogue
/// makes outputs of them.
/// </summary>
internal sealed class GemmIntStep<TIn> : ParallelStep where TIn : unmanaged, IBinaryInteger<TIn>
{
    private const int PanelsPerUnit = 8;

    private readonly Operand _input;
    private readonly QuantizedRows? _quantized;
    private readonly TIn _zeroPoint;
    private readonly IntWeights _weights;
    private readonly PanelProduct _product;
    private readonly IntBlocks<TIn> _left;
    private readonly Scratch _factors;
    private readonly int _rowsAtOnce;
    private readonly int _rowsPerImage;
    private readonly int _groups;
    private readonly int _panels;
    private readonly int _panelGroups;

    /// <param name="c">The node; input 0 holds the activations unless <paramref name="quantized"/> does.</param>
    /// <param name="layer">Sizes and the form of the left side.</param>
    /// <param name="quantized">Activations quantised at run time, or null.</param>
    /// <param name="zeroPoint">The activations' zero point, when they are an operand.</param>
    /// <param name="weights">Packed weights, one matrix for each group.</param>
    /// <param name="epilogue">What makes outputs of sums.</param>
    public GemmIntStep(in PrepareContext c, IntLayer layer, QuantizedRows? quantized, TIn zeroPoint, IntWeights weights, IIntEpilogue epilogue)
    {
        var geometry = layer.Geometry;
        Products = layer.Products;
        _input = c.In(0);
        (_quantized, _zeroPoint, _weights) = (quantized, zeroPoint, weights);
        int columns = geometry.OutputChannels / geometry.Groups;
        _left = IntBlocks<TIn>.Of(layer, weights.Kernel);
        _rowsAtOnce = layer.BlockRows;
        _product = new(c, weights.Kernel, new(weights.Kernel.PanelWidth, geometry.Groups, columns), epilogue);
        _factors = c.ScratchPerWorker(quantized is { IsFactors: true } ? 0 : _left.Bytes);
        (_rowsPerImage, _groups) = (geometry.OutputHeight * geometry.OutputWidth, geometry.Groups);
        _panels = weights.Kernel.PanelCount(columns);
        int perUnit = Math.Clamp(_panels, 1, PanelsPerUnit);
        _panelGroups = (_panels + perUnit - 1) / perUnit;
        Units = checked(_left.Count * _groups * _panelGroups);
        UnitCost = (long)_left.Rows * _left.K * Math.Min(columns, perUnit * weights.Kernel.PanelWidth) / 8;
    }

    public override int Units { get; }

    public override long UnitCost { get; }

    public override long Products { get; }

    public override string Kernel => _weights.Kernel.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        ReadOnlySpan<byte> factors = default;
        var loaded = (Block: -1, Group: -1);
        var (part, group, block) = (begin % _panelGroups, begin / _panelGroups % _groups, begin / _panelGroups / _groups);
        for (int i = begin; i < end; i++)
        {
            if (loaded.Block != block || (loaded.Group != group && !_left.HoldsGroups)) factors = Load(c, block, group, worker);
            loaded = (block, group);
            var (row, count) = _left.Range(block);
            for (int first = 0; first < count; first += _rowsAtOnce)
            {
                var rows = _left.Get(factors, group, first, Math.Min(_rowsAtOnce, count - first));
                var left = new LeftBlock
                {
                    Rows = rows,
                    K = _left.K,
                    ZeroPoint = _quantized is null
                        ? LeftRow.ZeroPoint<TIn>(_weights.Kernel.Left, int.CreateTruncating(_zeroPoint))
                        : _quantized.SharedZeroPoint(c, _weights.Kernel.Left, row + first, rows.Count),
                    OutputRow = row + first,
                };
                int panel = part * PanelsPerUnit;
                _product.Run(c, left, _weights.Panels.Get(c, group), group, panel, Math.Min(panel + PanelsPerUnit, _panels), worker);
            }
            if (++part < _panelGroups) continue;
            part = 0;
            if (++group < _groups) continue;
            group = 0;
            block++;
        }
    }

    private ReadOnlySpan<byte> Load(scoped in RunContext c, int block, int group, int worker)
    {
        var kind = _weights.Kernel.Left;
        var (row, rows) = _left.Range(block);
        if (_quantized is { IsFactors: true }) return _quantized.Factors(c)[(row * _weights.Kernel.RowBytes(_left.K))..];
        var factors = c.Scratch<byte>(_factors, worker);
        if (_quantized is null)
        {
            _left.Load(c.Read<TIn>(_input), block, group, 0, rows, _zeroPoint, kind, factors);
            return factors;
        }
        for (int r = 0, count; r < rows; r += count)
        {
            int image = (row + r) / _rowsPerImage;
            count = _quantized.IsSymmetric ? rows : Math.Min(rows - r, (image + 1) * _rowsPerImage - row - r);
            _left.Load(MemoryMarshal.Cast<sbyte, TIn>(_quantized.Values(c)), block, group, r, count, TIn.CreateTruncating(_quantized.ZeroPoint(c, image)), kind, factors);
        }
        return factors;
    }
}
