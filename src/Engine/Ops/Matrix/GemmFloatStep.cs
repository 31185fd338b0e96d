using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>A float convolution or fully connected layer as a matrix product: patches on the left, packed weights on the right.</summary>
internal sealed class GemmFloatStep : ParallelStep
{
    /// <summary>Panels of one unit: about 64 KB of weights at K = 256.</summary>
    private const int PanelsPerUnit = 8;

    private readonly ConvGeometry _geometry;
    private readonly Operand _input;
    private readonly Operand _bias;
    private readonly Operand _output;
    private readonly RightMatrix<float> _weights;
    private readonly float _min;
    private readonly float _max;
    private readonly Scratch _patches;
    private readonly RowTiling _tiling;
    private readonly int _columns;
    private readonly bool _separate;

    public GemmFloatStep(in PrepareContext c, in ConvGeometry geometry, Operand bias, RightMatrix<float> weights, (float Min, float Max) range)
    {
        _geometry = geometry;
        _input = c.In(0);
        _bias = bias;
        _output = c.Out(0);
        _weights = weights;
        (_min, _max) = range;
        _separate = c.PlainFloats;
        _columns = geometry.OutputChannels / geometry.Groups;
        _tiling = new(geometry.Rows, GemmFloat.PanelCount(_columns), PanelsPerUnit, geometry.Groups);
        if (!geometry.IsPointwise) _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * geometry.K * sizeof(float));
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)Math.Min(RowTiling.BlockRows, _geometry.Rows) * _geometry.K * Math.Min(_columns, PanelsPerUnit * GemmFloat.PanelWidth) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = c.Read<float>(_input);
        var output = c.Write<float>(_output);
        var bias = _bias.IsPresent ? c.Read<float>(_bias) : default;
        var gathered = (Matrix: -1, Row: -1);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            ReadOnlySpan<float> rows;
            if (_geometry.IsPointwise)
            {
                rows = input[(unit.Row * _geometry.K)..];
            }
            else
            {
                var patches = c.Scratch<float>(_patches, worker);
                if (gathered != (unit.Matrix, unit.Row)) Patches.Gather(_geometry, input, unit.Matrix, unit.Row, unit.Rows, 0f, patches, _geometry.K);
                gathered = (unit.Matrix, unit.Row);
                rows = patches;
            }
            int column = unit.Matrix * _columns;
            GemmFloat.Run(rows, _geometry.K, unit.Rows, _geometry.K, _weights.Get(c, unit.Matrix), unit.PanelBegin, unit.PanelEnd, _columns,
                bias.IsEmpty ? bias : bias.Slice(column, _columns), _min, _max, output[(unit.Row * _geometry.OutputChannels + column)..], _geometry.OutputChannels, _separate);
        }
    }
}
