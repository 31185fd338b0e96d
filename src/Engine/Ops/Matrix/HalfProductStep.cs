using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>A fully connected layer of float16: everything is widened, sums are float32, and each is rounded once. Weights are constant.</summary>
internal sealed class HalfProductStep : ParallelStep
{
    private readonly ConvGeometry _geometry;
    private readonly Operand _input;
    private readonly Operand _output;
    private readonly PackedMatrix<float> _weights;
    private readonly float[] _bias;
    private readonly (float Min, float Max) _range;
    private readonly bool _separate;
    private readonly RowTiling _tiling;
    private readonly Scratch _rows;
    private readonly Scratch _sums;

    private HalfProductStep(in PrepareContext c, in ConvGeometry geometry, PackedMatrix<float> weights, float[] bias, (float, float) range)
    {
        (_geometry, _weights, _bias, _range, _separate) = (geometry, weights, bias, range, c.PlainFloats || c.Kernels == KernelSet.Reference);
        (_input, _output) = (c.In(0), c.Out(0));
        int panels = FloatPanels.Count(geometry.OutputChannels);
        _tiling = new(geometry.Rows, panels, panels, 1);
        _rows = c.ScratchPerWorker((long)RowTiling.BlockRows * geometry.K * sizeof(float));
        _sums = c.ScratchPerWorker((long)RowTiling.BlockRows * geometry.OutputChannels * sizeof(float));
    }

    public static IStep Prepare(in PrepareContext c, ConvGeometry geometry, (float, float) range)
    {
        c.Require(c.TryConstant(1, out _) && (!c.HasInput(2) || c.TryConstant(2, out _)), "float16 weights and bias must be constant");
        var layout = MatrixWeights.Sparse(c);
        var weights = c.Packed(1, $"f32 of f16 {geometry.OutputChannels}x{geometry.K}", data =>
            PackedMatrix.Float(Floats(MatrixWeights.Dense<Half>(layout, data.Bytes)), 1, geometry.OutputChannels, geometry.K));
        float[] bias = c.HasInput(2) ? c.Packed(2, "f32 of f16", static data => Floats(data.As<Half>())) : [];
        return new HalfProductStep(c, geometry, weights, bias, range);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)Math.Min(RowTiling.BlockRows, _geometry.Rows) * _geometry.K * _geometry.OutputChannels / 8;

    public override long Products => (long)_geometry.Rows * _geometry.K * _geometry.OutputChannels;

    public override string Kernel => GemmFloat.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        int k = _geometry.K, columns = _geometry.OutputChannels;
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            var rows = c.Scratch<float>(_rows, worker)[..(unit.Rows * k)];
            var sums = c.Scratch<float>(_sums, worker)[..(unit.Rows * columns)];
            HalfConvert.ToFloat(c.Read<Half>(_input).Slice(unit.Row * k, rows.Length), rows);
            var product = new FloatProduct(new(rows, k, unit.Rows, k), _weights[0], columns, _bias, _range, sums, columns);
            GemmFloat.Run(product, unit.PanelBegin, unit.PanelEnd, _separate);
            HalfConvert.ToHalf(sums, c.Write<Half>(_output).Slice(unit.Row * columns, sums.Length));
        }
    }

    private static float[] Floats(ReadOnlySpan<Half> halves)
    {
        var floats = new float[halves.Length];
        HalfConvert.ToFloat(halves, floats);
        return floats;
    }
}
