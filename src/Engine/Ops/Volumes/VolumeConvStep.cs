using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Volumes;

/// <summary>A 3-D convolution as a matrix product: the padded input where it lies on the left, packed weights on the right.</summary>
internal sealed class VolumeConvStep : ParallelStep
{
    private const int BlockPositions = 96;

    private readonly VolumeGeometry _geometry;
    private readonly PaddedInput _input;
    private readonly RightMatrix<float> _weights;
    private readonly Operand _bias;
    private readonly Operand _output;
    private readonly (float Min, float Max) _range;
    private readonly bool _separate;
    private readonly int[] _starts;
    private readonly int[] _segments;
    private readonly int _segmentLength;
    private readonly int _lines;
    private readonly int _blocksPerPlane;
    private readonly FloatTiling _tiling;

    public VolumeConvStep(in PrepareContext c, VolumeGeometry geometry, PaddedInput input, RightMatrix<float> weights, Operand bias, (float Min, float Max) range)
    {
        (_geometry, _input, _weights, _bias, _range) = (geometry, input, weights, bias, range);
        (_output, _separate) = (c.Out(0), c.PlainFloats);
        var (volume, width, height) = (input.Volume, geometry.Width, geometry.Height);
        (_segments, _segmentLength) = volume.Taps(geometry.Depth.Taps(), height.Taps(), width.Taps());
        int blocks = Math.Max(1, (height.Output * width.Output + BlockPositions - 1) / BlockPositions);
        _lines = Math.Max(1, (height.Output + blocks - 1) / blocks);
        _blocksPerPlane = (height.Output + _lines - 1) / _lines;
        _starts = [.. from y in Enumerable.Range(0, _lines) from x in Enumerable.Range(0, width.Output) select volume.Offset(0, 0, y * height.Stride, x * width.Stride)];
        _tiling = new(geometry.Batch * geometry.Depth.Output * _blocksPerPlane, _starts.Length, 1, geometry.K, geometry.OutputChannels);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => _tiling.UnitCost;

    public override long Products => (long)_geometry.Rows * _geometry.K * _geometry.OutputChannels;

    public override string Kernel => GemmFloat.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = _input.Values(c);
        var bias = _bias.IsPresent ? c.Read<float>(_bias) : default;
        var output = c.Write<float>(_output);
        int columns = _geometry.OutputChannels;
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            int plane = unit.Block / _blocksPerPlane, y = unit.Block % _blocksPerPlane * _lines, lines = Math.Min(_lines, _geometry.Height.Output - y);
            int origin = _input.Volume.Offset(plane / _geometry.Depth.Output, plane % _geometry.Depth.Output * _geometry.Depth.Stride, y * _geometry.Height.Stride, 0);
            var left = new LeftRows<float>(input[origin..], _starts.AsSpan(0, lines * _geometry.Width.Output), _segments, _segmentLength);
            int row = (plane * _geometry.Height.Output + y) * _geometry.Width.Output;
            GemmFloat.Run(new FloatProduct(left, _weights.Get(c, 0), columns, bias, _range, output[(row * columns)..], columns), unit.PanelBegin, unit.PanelEnd, _separate);
        }
    }
}

/// <summary>A 3-D convolution by its definition, summed in float32 in the order of the filter as the reference does.</summary>
internal sealed class VolumeConvReference(in PrepareContext c, VolumeGeometry geometry, Operand weights, Operand bias, (float Min, float Max) range) : IStep
{
    private readonly Operand _input = c.In(0);
    private readonly Operand _output = c.Out(0);
    private readonly Scratch _patch = c.ScratchShared((long)geometry.K * sizeof(float));

    public void Run(in RunContext c)
    {
        var patch = c.Scratch<float>(_patch)[..geometry.K];
        var factors = c.Read<float>(weights);
        var target = c.Write<float>(_output);
        int n = geometry.OutputChannels;
        for (int row = 0; row < geometry.Rows; row++)
        {
            geometry.Gather(c.Read<float>(_input), row, patch);
            for (int oc = 0; oc < n; oc++)
            {
                float sum = 0;
                for (int k = 0; k < patch.Length; k++) sum += patch[k] * factors[k * n + oc];
                float value = sum + (bias.IsPresent ? c.Read<float>(bias)[oc] : 0);
                target[row * n + oc] = value < range.Min ? range.Min : value > range.Max ? range.Max : value;
            }
        }
    }
}
