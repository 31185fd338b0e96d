using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>A float convolution or fully connected layer as a matrix product: the input where it lies on the left, packed weights on the right.</summary>
internal sealed class GemmFloatStep : ParallelStep
{
    private readonly Operand _bias;
    private readonly Operand _output;
    private readonly LeftBlocks _left;
    private readonly RightMatrix<float> _weights;
    private readonly (float Min, float Max) _range;
    private readonly FloatTiling _tiling;
    private readonly int _columns;
    private readonly int _stride;
    private readonly bool _separate;

    public GemmFloatStep(in PrepareContext c, in ConvGeometry geometry, Operand bias, RightMatrix<float> weights, (float Min, float Max) range)
    {
        (_bias, _output, _weights, _range, _separate) = (bias, c.Out(0), weights, range, c.PlainFloats);
        _columns = geometry.OutputChannels / geometry.Groups;
        _stride = geometry.OutputChannels;
        Products = (long)geometry.Rows * geometry.K * geometry.OutputChannels;
        TakesLowRank = geometry.Groups == 1 && !_separate && geometry.K > GemmFloat.FewTerms;
        _left = LeftBlocks.Of(c, geometry);
        _tiling = new(_left.Count, _left.Rows, geometry.Groups, geometry.K, _columns);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => _tiling.UnitCost;

    public override long Products { get; }

    public override string Kernel => GemmFloat.Name;

    /// <summary>Whether a product of low rank can join it, with the bits that it has when it is added behind it.</summary>
    public bool TakesLowRank { get; }

    public override void RunRange(in RunContext c, int begin, int end, int worker) => RunRange(c, begin, end, worker, default, 0, default);

    /// <param name="c">The run.</param>
    /// <param name="begin">The first unit.</param>
    /// <param name="end">The unit after the last.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="shrunk">For all rows of the output, the left side of a second product that is added before the activation.</param>
    /// <param name="rank">Numbers in a row of that; 0 where there is none.</param>
    /// <param name="expand">Its right side, packed.</param>
    public void RunRange(in RunContext c, int begin, int end, int worker, ReadOnlySpan<float> shrunk, int rank, ReadOnlySpan<float> expand)
    {
        var output = c.Write<float>(_output);
        var bias = _bias.IsPresent ? c.Read<float>(_bias) : default;
        var loaded = (Block: -1, Matrix: -1);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            if (loaded != (unit.Block, unit.Matrix)) _left.Load(c, unit.Block, unit.Matrix, worker, unit.Block != loaded.Block);
            loaded = (unit.Block, unit.Matrix);
            int column = unit.Matrix * _columns, row = _left.Range(unit.Block).Row;
            var product = new FloatProduct(_left.Get(c, unit.Block, unit.Matrix, worker), _weights.Get(c, unit.Matrix), _columns,
                bias.IsEmpty ? bias : bias.Slice(column, _columns), _range, output[(row * _stride + column)..], _stride);
            if (rank > 0) product = new(product, shrunk[(row * rank)..], rank, expand);
            GemmFloat.Run(product, unit.PanelBegin, unit.PanelEnd, _separate);
        }
    }
}
