using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Ops.Volumes;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>
/// A float transposed convolution, phase by phase: the padded input where it lies on the left, the weights of the phase on the right. The outputs
/// of a phase's line are a stride apart.
/// </summary>
internal sealed class TransposedFloatStep : ParallelStep
{
    private static readonly float[] s_zero = [0];

    private readonly TransposedGeometry _geometry;
    private readonly PaddedInput _input;
    private readonly Operand _bias;
    private readonly Operand _output;
    private readonly (float Min, float Max) _range;
    private readonly bool _separate;
    private readonly Part[] _parts;
    private readonly int[] _starts;

    public TransposedFloatStep(in PrepareContext c, TransposedGeometry geometry, PhasePlan<float> plan, PaddedInput input, Operand bias, (float Min, float Max) range)
    {
        (_geometry, _input, _bias, _output, _range, _separate) = (geometry, input, bias, c.Out(0), range, c.PlainFloats);
        _parts = [.. plan.Phases.Select(p =>
        {
            var (segments, length) = p.Phase.Segments(input.Volume);
            return new Part(p, segments, length);
        })];
        Units = plan.Units;
        _starts = [.. Enumerable.Range(0, _parts.Length == 0 ? 0 : _parts.Max(p => p.Planned.Phase.Columns)).Select(x => x * geometry.InputChannels)];
        Products = plan.Factors * geometry.OutputChannels;
        UnitCost = Units == 0 ? 0 : plan.Factors * geometry.OutputChannels / Units / 8;
    }

    public override int Units { get; }

    public override long UnitCost { get; }

    public override long Products { get; }

    public override string Kernel => GemmFloat.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = _input.Values(c);
        var biases = _bias.IsPresent ? c.Read<float>(_bias) : default;
        var output = c.Write<float>(_output);
        int columns = _geometry.OutputChannels, stride = _geometry.Width.Stride * columns;
        foreach (var part in _parts)
        {
            var phase = part.Planned.Phase;
            var (from, to) = part.Planned.Lines(begin, end);
            for (int line = from; line < to; line++)
            {
                var (origin, pixel) = phase.Line(_input.Volume, line);
                var left = phase.HasTaps ? new LeftRows<float>(input[origin..], _starts.AsSpan(0, phase.Columns), part.Segments, part.SegmentLength) : new LeftRows<float>(s_zero, 0, phase.Columns, 1);
                var product = new FloatProduct(left, part.Planned.Weights.Get(c, 0), columns, biases, _range, output[(pixel * columns)..], stride);
                GemmFloat.Run(product, 0, FloatPanels.Count(columns), _separate);
            }
        }
    }

    private sealed record Part(PlannedPhase<float> Planned, int[] Segments, int SegmentLength);
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
