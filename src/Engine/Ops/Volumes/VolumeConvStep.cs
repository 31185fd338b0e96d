using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Volumes;

/// <summary>A 3-D convolution as a matrix product: patches on the left, packed weights on the right.</summary>
internal sealed class VolumeConvStep(in PrepareContext c, VolumeGeometry geometry, RightMatrix<float> weights, Operand bias, (float Min, float Max) range) : ParallelStep
{
    private const int PanelsPerUnit = 8;

    private readonly Operand _input = c.In(0);
    private readonly Operand _output = c.Out(0);
    private readonly RowTiling _tiling = new(geometry.Rows, FloatPanels.Count(geometry.OutputChannels), PanelsPerUnit, 1);
    private readonly bool _separate = c.PlainFloats;
    private readonly Scratch _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * geometry.K * sizeof(float));

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)Math.Min(RowTiling.BlockRows, geometry.Rows) * geometry.K * Math.Min(geometry.OutputChannels, PanelsPerUnit * FloatPanels.Width) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<float>(_patches, worker);
        int gathered = -1, k = geometry.K;
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            if (gathered != unit.Row)
            {
                for (int r = 0; r < unit.Rows; r++) geometry.Gather(c.Read<float>(_input), unit.Row + r, patches.Slice(r * k, k));
                gathered = unit.Row;
            }
            var product = new FloatProduct(new(patches, k, unit.Rows, k), weights.Get(c, 0), geometry.OutputChannels, bias.IsPresent ? c.Read<float>(bias) : default, range,
                c.Write<float>(_output)[(unit.Row * geometry.OutputChannels)..], geometry.OutputChannels);
            GemmFloat.Run(product, unit.PanelBegin, unit.PanelEnd, _separate);
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
