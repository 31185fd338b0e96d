using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// A float layer with weights whose scales belong to blocks of K: each block's integer sum is scaled by its own float16 scale before it
/// joins the output. Activations are quantised asymmetrically, row by row.
/// </summary>
internal sealed class BlockwiseStep : ParallelStep
{
    private readonly ConvGeometry _geometry;
    private readonly QuantizedRows _rows;
    private readonly IntWeights _weights;
    private readonly float[] _scales;
    private readonly int _blockSize;
    private readonly Operand _bias;
    private readonly Operand _output;
    private readonly (float Min, float Max) _range;
    private readonly RowTiling _tiling;
    private readonly int _stride;
    private readonly Scratch _factors;
    private readonly Scratch _sums;
    private readonly Scratch _totals;

    private BlockwiseStep(in PrepareContext c, in ConvGeometry geometry, QuantizedRows rows, IntWeights weights, float[] scales, int blockSize, (float, float) range)
    {
        (_geometry, _rows, _weights, _scales, _blockSize, _range) = (geometry, rows, weights, scales, blockSize, range);
        _bias = c.In(2);
        _output = c.Out(0);
        _tiling = new(geometry.Rows, weights.Kernel.PanelCount(geometry.OutputChannels), 1, 1, GemmInt.BlockRows);
        _stride = weights.Kernel.RowBytes(geometry.K);
        _factors = c.ScratchPerWorker((long)_tiling.RowsPerBlock * _stride + LeftRow.Slack);
        _sums = c.ScratchPerWorker((long)_tiling.RowsPerBlock * weights.Kernel.PanelWidth * sizeof(int));
        _totals = c.ScratchPerWorker((long)_tiling.RowsPerBlock * weights.Kernel.PanelWidth * sizeof(float));
    }

    public static IStep Prepare(in PrepareContext c, in ConvGeometry geometry, (float, float) range)
    {
        var quantization = c.Input(1).Quantization!;
        int blockSize = quantization.BlockSize, blocks = geometry.K / blockSize;
        c.Require(c.Type(0) == DType.Float32 && c.Type(1) is DType.Int4 or DType.Int8 or DType.Int2, $"blockwise weights of {c.Type(1).Name()} are not supported for {c.Type(0).Name()} inputs");
        c.Require(blockSize % 2 == 0 && geometry.K % blockSize == 0, $"blocks of {blockSize} do not divide {geometry.K} input channels evenly");
        c.Require((uint)quantization.BlockScales < (uint)c.Subgraph.Tensors.Length, $"the blocks' scales are in tensor {quantization.BlockScales}, which does not exist");
        var scales = c.Subgraph.Tensors[quantization.BlockScales];
        c.Require(scales is { Type: DType.Float16, Constant.IsPresent: true } && scales.Shape.ElementCount == (long)geometry.OutputChannels * blocks,
            $"the blocks' scales {scales} must be {geometry.OutputChannels * blocks} float16 constants");
        var rows = new QuantizedRows(c, geometry.Rows, geometry.K, 1, asymmetric: true);
        var weights = MatrixWeights.Int(c, 1, geometry.OutputChannels, geometry.K, MatrixWeights.Kernel(c, true), out var first);
        float[] values = Arrange(MemoryMarshal.Cast<byte, Half>(scales.Constant.Bytes), blocks, weights.Kernel.PanelWidth);
        var step = new BlockwiseStep(c, geometry, rows, weights, values, blockSize, range);
        return first is null ? new Sequence(rows, step) : new Sequence(first, rows, step);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)_tiling.RowsPerBlock * _geometry.K * _weights.Kernel.PanelWidth / 8;

    public override long Products => (long)_geometry.Rows * _geometry.K * _geometry.OutputChannels;

    public override string Kernel => _weights.Kernel.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var factors = c.Scratch<byte>(_factors, worker);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            for (int r = 0; r < unit.Rows; r++)
            {
                int row = unit.Row + r;
                LeftRow.Convert(_weights.Kernel.Left, _rows.Values(c), row * _geometry.K, _geometry.K, _rows.ZeroPoint(c, row), factors[(r * _stride)..]);
            }
            Compute(c, unit, factors, worker);
        }
    }

    private void Compute(in RunContext c, in RowTiling.Unit unit, ReadOnlySpan<byte> factors, int worker)
    {
        int width = _weights.Kernel.PanelWidth, first = unit.PanelBegin * width, count = Math.Min(width, _geometry.OutputChannels - first);
        int blocks = _geometry.K / _blockSize;
        var sums = c.Scratch<int>(_sums, worker);
        var totals = c.Scratch<float>(_totals, worker)[..(unit.Rows * width)];
        totals.Clear();
        Span<int> zeros = stackalloc int[GemmInt.PanelWidthMax];
        zeros.Clear();
        var scales = _scales.AsSpan(unit.PanelBegin * blocks * width);
        for (int block = 0; block < blocks; block++)
        {
            int bytes = _weights.Kernel.RowBytes(_blockSize), begin = block * bytes;
            var left = new LeftRows<byte>(factors[begin..], _stride, unit.Rows, bytes);
            _weights.Kernel.Run(left, _geometry.K, begin / sizeof(int), _weights.Panels.Get(c, 0), unit.PanelBegin, zeros, sums);
            PanelBlocks.Add(sums, width, scales[(block * width)..], totals);
        }
        Span<float> rowScales = stackalloc float[unit.Rows];
        for (int r = 0; r < unit.Rows; r++) rowScales[r] = _rows.Scale(c, unit.Row + r);
        int channels = _geometry.OutputChannels;
        PanelBlocks.Write(totals, width, rowScales, _bias.IsPresent ? c.Read<float>(_bias)[first..] : default, _range,
            new(c.Write<float>(_output)[(unit.Row * channels + first)..], channels, unit.Rows, count));
    }

    /// <summary>Scales (channels, blocks) as (panel, block, column in panel order).</summary>
    private static float[] Arrange(ReadOnlySpan<Half> scales, int blocks, int width)
    {
        int channels = scales.Length / blocks, panels = (channels + width - 1) / width;
        var arranged = new float[panels * blocks * width];
        for (int i = 0; i < arranged.Length; i++)
        {
            int panel = i / (blocks * width), block = i / width % blocks, channel = panel * width + PanelOrder.Column(i % width, width);
            if (channel < channels) arranged[i] = (float)scales[channel * blocks + block];
        }
        return arranged;
    }
}
