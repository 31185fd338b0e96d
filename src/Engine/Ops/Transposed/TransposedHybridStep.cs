using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>A transposed convolution of int8 weights with floats that were quantised on the fly.</summary>
internal sealed class TransposedHybridStep(in PrepareContext c, TransposedGeometry geometry, PhasePlan<sbyte> plan, QuantizedRows rows, float[] scales,
    Operand bias, (float Min, float Max) range, Operand output) : ParallelStep
{
    private readonly Scratch _patch = c.ScratchPerWorker(plan.Phases.Select(p => (long)p.Phase.K).DefaultIfEmpty(1).Max() * sizeof(short));

    public override int Units => plan.Units;

    public override long UnitCost => plan.Units == 0 ? 0 : plan.Factors * geometry.OutputChannels / plan.Units / 4;

    public override long Products => plan.Factors * geometry.OutputChannels;

    public override string Kernel => "rows-f32-of-i8";

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var target = c.Write<float>(output);
        foreach (var planned in plan.Phases)
        {
            var phase = planned.Phase;
            var (from, to) = planned.Lines(begin, end);
            var patch = c.Scratch<short>(_patch, worker)[..phase.K];
            for (int row = from * phase.Columns; row < to * phase.Columns; row++)
            {
                int pixel = phase.Pixel(row);
                phase.GatherInput(rows.Values(c), row, rows.ZeroPoint(c, phase.Image(row)), patch);
                var sums = target.Slice(pixel * geometry.OutputChannels, geometry.OutputChannels);
                HybridRow.Sum(patch, planned.Weights.Get(c, 0), scales, rows.Scale(c, pixel), sums);
                FloatOutput.Write(sums, bias.IsPresent ? c.Read<float>(bias) : default, range, sums);
            }
        }
    }
}

/// <summary>Int8 weights, laid out factor by factor: all output channels of a factor are neighbours.</summary>
internal sealed class HybridPhasePacker : IPhasePacker<sbyte>
{
    public long Length(TransposedPhase phase, int columns) => (long)phase.K * columns;

    public int TemporaryBytes(TransposedPhase phase, int columns) => checked(phase.K * columns);

    public void Pack(ReadOnlySpan<byte> weights, TransposedPhase phase, int columns, Span<byte> temporary, Span<sbyte> packed)
    {
        var rows = MemoryMarshal.Cast<byte, sbyte>(temporary)[..(phase.K * columns)];
        phase.GatherWeights(MemoryMarshal.Cast<byte, sbyte>(weights), rows);
        for (int k = 0; k < phase.K; k++)
        {
            for (int n = 0; n < columns; n++) packed[k * columns + n] = rows[n * phase.K + k];
        }
    }
}

/// <summary>The same by its definition.</summary>
internal sealed class TransposedReferenceHybrid(TransposedGeometry geometry, QuantizedRows rows, Operand weights, float[] scales, Operand bias,
    (float Min, float Max) range, Operand output) : IStep
{
    public void Run(in RunContext c)
    {
        var sums = new float[geometry.OutputChannels];
        for (int pixel = 0; pixel < geometry.Batch * geometry.OutputPixels; pixel++)
        {
            int image = pixel / geometry.OutputPixels;
            TransposedReference.Hybrid(geometry, rows.Values(c), rows.ZeroPoint(c, image), c.Read<sbyte>(weights), scales, rows.Scale(c, pixel), pixel, sums);
            FloatOutput.Write(sums, bias.IsPresent ? c.Read<float>(bias) : default, range, c.Write<float>(output).Slice(pixel * sums.Length, sums.Length));
        }
    }
}
