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
    /// <summary>Panels are two vectors wide; the widest vector has 16 floats.</summary>
    private const int PanelWidthMax = 32;

    private readonly bool _separate = c.PlainFloats;
    private readonly Scratch _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * plan.KMax * sizeof(float));
    private readonly Scratch _results = c.ScratchPerWorker((long)RowTiling.BlockRows * plan.Width * sizeof(float));

    public override int Units => plan.Units;

    public override long UnitCost => plan.Units == 0 ? 0 : plan.Factors * geometry.OutputChannels / plan.Units / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<float>(_patches, worker);
        var results = c.Scratch<float>(_results, worker);
        var biases = bias.IsPresent ? c.Read<float>(bias) : default;
        var target = c.Write<float>(output);
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
                Product(weights.Get(c, 0), patches, k, unit, results);
                int column = unit.PanelBegin * GemmFloat.PanelWidth, count = Math.Min(unit.PanelEnd * GemmFloat.PanelWidth, geometry.OutputChannels) - column;
                for (int r = 0; r < unit.Rows; r++)
                {
                    FloatOutput.Write(results.Slice(r * plan.Width, count), biases.IsEmpty ? biases : biases.Slice(column, count), range,
                        target.Slice(phase.Pixel(unit.Row + r) * geometry.OutputChannels + column, count));
                }
            }
        }
    }

    /// <summary>
    /// The sums of a unit. Each tap's products are summed by themselves and then added, as the reference's optimised kernel does; where plain
    /// floats are asked for, all products are added one by one.
    /// </summary>
    private void Product(ReadOnlySpan<float> weights, ReadOnlySpan<float> patches, int k, in RowTiling.Unit unit, Span<float> results)
    {
        int step = _separate ? k : Math.Min(k, geometry.InputChannels), width = GemmFloat.PanelWidth;
        Span<float> part = stackalloc float[RowTiling.BlockRows * PanelWidthMax];
        for (int panel = unit.PanelBegin; panel < unit.PanelEnd; panel++)
        {
            int column = (panel - unit.PanelBegin) * width, count = Math.Min(width, geometry.OutputChannels - panel * width);
            for (int begin = 0; begin < k; begin += step)
            {
                var factors = weights[((panel * k + begin) * width)..];
                var target = begin == 0 ? results[column..] : part;
                int stride = begin == 0 ? plan.Width : width;
                GemmFloat.Run(patches[begin..], k, unit.Rows, step, factors, 0, 1, count, default, float.NegativeInfinity, float.PositiveInfinity, target, stride, _separate);
                for (int r = 0; begin > 0 && r < unit.Rows; r++)
                {
                    for (int n = 0; n < count; n++) results[r * plan.Width + column + n] += part[r * width + n];
                }
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
