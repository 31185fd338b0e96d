using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>
/// An integer transposed convolution, phase by phase: exact sums of the padded factors, of which the epilogue makes outputs. Those of a phase's line
/// are a stride apart.
/// </summary>
internal sealed class TransposedIntStep<TIn> : ParallelStep where TIn : unmanaged, IBinaryInteger<TIn>
{
    /// <summary>The one factor of phases without taps.</summary>
    private static readonly byte[] s_zero = new byte[sizeof(int)];

    private readonly TransposedGeometry _geometry;
    private readonly PaddedFactors<TIn> _input;
    private readonly GemmInt _kernel;
    private readonly PanelProduct _product;
    private readonly Part[] _parts;
    private readonly int[] _starts;

    public TransposedIntStep(in PrepareContext c, TransposedGeometry geometry, PhasePlan<byte> plan, GemmInt kernel, PaddedFactors<TIn> input, IIntEpilogue epilogue)
    {
        (_geometry, _input, _kernel) = (geometry, input, kernel);
        _product = new(c, kernel, new(kernel.PanelWidth, 1, geometry.OutputChannels), epilogue);
        int bytes = LeftRow.FactorBytes(kernel.Left);
        _parts = [.. plan.Phases.Select(p =>
        {
            var (segments, length) = p.Phase.Segments(input.Volume);
            int padded = kernel.RowBytes(length);
            return new Part(p, [.. segments.Select(s => s * bytes)], padded, p.Phase.HasTaps ? segments.Length * padded / bytes : 1);
        })];
        Units = plan.Units;
        _starts = [.. Enumerable.Range(0, _parts.Length == 0 ? 0 : _parts.Max(p => p.Planned.Phase.Columns)).Select(x => x * geometry.InputChannels * bytes)];
        Products = plan.Factors * geometry.OutputChannels;
        UnitCost = Units == 0 ? 0 : plan.Factors * geometry.OutputChannels / Units / 8;
    }

    public override int Units { get; }

    public override long UnitCost { get; }

    public override long Products { get; }

    public override string Kernel => _kernel.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        foreach (var part in _parts)
        {
            var (from, to) = part.Planned.Lines(begin, end);
            for (int line = from; line < to; line++) Line(c, part, line, worker);
        }
    }

    private void Line(in RunContext c, Part part, int line, int worker)
    {
        var phase = part.Planned.Phase;
        var (origin, pixel) = phase.Line(_input.Volume, line);
        var factors = _input.Values(c)[(origin * LeftRow.FactorBytes(_kernel.Left))..];
        for (int first = 0; first < phase.Columns; first += GemmInt.BlockRows)
        {
            int count = Math.Min(GemmInt.BlockRows, phase.Columns - first);
            var left = new LeftBlock
            {
                Rows = phase.HasTaps ? new(factors, _starts.AsSpan(first, count), part.Segments, part.SegmentBytes) : new(s_zero, 0, count, s_zero.Length),
                K = part.K,
                OutputRow = pixel + first * _geometry.Width.Stride,
                OutputStep = _geometry.Width.Stride,
            };
            _product.Run(c, left, part.Planned.Weights.Get(c, 0), 0, 0, _kernel.PanelCount(_geometry.OutputChannels), worker);
        }
    }

    private sealed record Part(PlannedPhase<byte> Planned, int[] Segments, int SegmentBytes, int K);
}

/// <summary>An integer transposed convolution by its definition.</summary>
internal sealed class TransposedReferenceInt<TIn, TWeight>(TransposedGeometry geometry, Operand input, int zeroPoint, Operand weights,
    int weightZeroPoint, IIntEpilogue epilogue) : IStep
    where TIn : unmanaged, IBinaryInteger<TIn>
    where TWeight : unmanaged, IBinaryInteger<TWeight>
{
    public void Run(in RunContext c)
    {
        var sums = new long[geometry.OutputChannels];
        var factors = c.Read<TWeight>(weights);
        for (int pixel = 0; pixel < geometry.Batch * geometry.OutputPixels; pixel++)
        {
            TransposedReference.Sums<TIn, TWeight, long>(geometry, c.Read<TIn>(input), zeroPoint, factors, weightZeroPoint, pixel, sums);
            epilogue.WriteRow(c, sums, pixel, 0);
        }
    }
}
