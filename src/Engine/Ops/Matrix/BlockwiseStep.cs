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
    private readonly RightMatrix<short> _weights;
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

    private BlockwiseStep(in PrepareContext c, in ConvGeometry geometry, QuantizedRows rows, RightMatrix<short> weights, float[] scales, int blockSize, (float, float) range)
    {
        (_geometry, _rows, _weights, _scales, _blockSize, _range) = (geometry, rows, weights, scales, blockSize, range);
        _bias = c.In(2);
        _output = c.Out(0);
        _tiling = new(geometry.Rows, GemmInt.PanelCount(geometry.OutputChannels), 1, 1);
        _stride = GemmInt.PaddedK(geometry.K);
        _factors = c.ScratchPerWorker((long)RowTiling.BlockRows * _stride * sizeof(short));
        _sums = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PanelWidth * sizeof(int));
        _totals = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PanelWidth * sizeof(float));
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
        var weights = MatrixWeights.Int(c, 1, geometry.OutputChannels, geometry.K, out var first);
        float[] values = [.. MemoryMarshal.Cast<byte, Half>(scales.Constant.Bytes).ToArray().Select(h => (float)h)];
        var step = new BlockwiseStep(c, geometry, rows, weights, values, blockSize, range);
        return first is null ? new Sequence(rows, step) : new Sequence(first, rows, step);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)Math.Min(RowTiling.BlockRows, _geometry.Rows) * _geometry.K * GemmInt.PanelWidth / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var factors = c.Scratch<short>(_factors, worker);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            for (int r = 0; r < unit.Rows; r++)
            {
                int row = unit.Row + r;
                Widen.Subtract(_rows.Values(c).Slice(row * _geometry.K, _geometry.K), _rows.ZeroPoint(c, row), factors.Slice(r * _stride, _geometry.K));
                factors.Slice(r * _stride + _geometry.K, _stride - _geometry.K).Clear();
            }
            Compute(c, unit, factors, worker);
        }
    }

    private void Compute(in RunContext c, in RowTiling.Unit unit, ReadOnlySpan<short> factors, int worker)
    {
        int width = GemmInt.PanelWidth, first = unit.PanelBegin * width, count = Math.Min(width, _geometry.OutputChannels - first);
        int blocks = _geometry.K / _blockSize;
        var sums = c.Scratch<int>(_sums, worker);
        var totals = c.Scratch<float>(_totals, worker)[..(unit.Rows * width)];
        totals.Clear();
        for (int block = 0; block < blocks; block++)
        {
            GemmInt.Run(factors, _stride, unit.Rows, _geometry.K, block * _blockSize, (block + 1) * _blockSize, _weights.Get(c, 0), unit.PanelBegin, unit.PanelEnd, sums, width);
            for (int r = 0; r < unit.Rows; r++)
            {
                for (int n = 0; n < count; n++) totals[r * width + n] += sums[r * width + n] * _scales[(first + n) * blocks + block];
            }
        }
        var bias = _bias.IsPresent ? c.Read<float>(_bias) : default;
        var output = c.Write<float>(_output);
        for (int r = 0; r < unit.Rows; r++)
        {
            float scale = _rows.Scale(c, unit.Row + r);
            for (int n = 0; n < count; n++)
            {
                float value = totals[r * width + n] * scale + (bias.IsEmpty ? 0 : bias[first + n]);
                output[(unit.Row + r) * _geometry.OutputChannels + first + n] = Math.Min(Math.Max(value, _range.Min), _range.Max);
            }
        }
    }
}
