using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>A float transposed convolution, phase by phase.</summary>
internal sealed class TransposedFloatStep(in PrepareContext c, TransposedGeometry geometry, PhasePlan<float> plan, Operand input, Operand bias,
    (float Min, float Max) range, Operand output) : ParallelStep
{
    private readonly bool _separate = c.PlainFloats;
    private readonly Scratch _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * plan.KMax * sizeof(float));
    private readonly Scratch _results = c.ScratchPerWorker((long)RowTiling.BlockRows * geometry.OutputChannels * sizeof(float));

    public override int Units => plan.Units;

    public override long UnitCost => plan.Units == 0 ? 0 : plan.Factors * geometry.OutputChannels / plan.Units / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<float>(_patches, worker);
        var results = c.Scratch<float>(_results, worker);
        var biases = bias.IsPresent ? c.Read<float>(bias) : default;
        var target = c.Write<float>(output);
        int columns = geometry.OutputChannels;
        foreach (var (phase, weights, tiling, first) in plan.Phases)
        {
            int from = Math.Max(begin - first, 0), to = Math.Min(end - first, tiling.Units), gathered = -1, k = phase.K;
            for (int i = from; i < to; i++)
            {
                var unit = tiling[i];
                if (gathered != unit.Row)
                {
                    for (int r = 0; r < unit.Rows; r++) phase.GatherInput(c.Read<float>(input), unit.Row + r, 0f, patches.Slice(r * k, k));
                    gathered = unit.Row;
                }
                var product = new FloatProduct(new(patches, k, unit.Rows, k), weights.Get(c, 0), columns, biases, range, results, columns);
                GemmFloat.Run(product, unit.PanelBegin, unit.PanelEnd, _separate);
                int column = unit.PanelBegin * FloatPanels.Width, count = Math.Min(unit.PanelEnd * FloatPanels.Width, columns) - column;
                for (int r = 0; r < unit.Rows; r++) results.Slice(r * columns + column, count).CopyTo(target[(phase.Pixel(unit.Row + r) * columns + column)..]);
            }
        }
    }
}

/// <summary>A float transposed convolution by its definition, summed in float32 as the reference sums.</summary>
internal sealed class TransposedReferenceFloat(TransposedGeometry geometry, Operand input, Operand weights, Operand bias, (float Min, float Max) range,
    Operand output) : IStep
{
    public void Run(in RunContext c)
    {
        var sums = new float[geometry.OutputChannels];
        var target = c.Write<float>(output);
        for (int pixel = 0; pixel < geometry.Batch * geometry.OutputPixels; pixel++)
        {
            TransposedReference.Sums(geometry, c.Read<float>(input), 0f, c.Read<float>(weights), 0f, pixel, sums);
            for (int i = 0; i < sums.Length; i++)
            {
                float sum = sums[i] + (bias.IsPresent ? c.Read<float>(bias)[i] : 0);
                target[pixel * sums.Length + i] = sum < range.Min ? range.Min : sum > range.Max ? range.Max : sum;
            }
        }
    }
}
