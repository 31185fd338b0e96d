using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>An integer transposed convolution, phase by phase: exact sums, of which the epilogue makes outputs.</summary>
internal sealed class TransposedIntStep<TIn>(in PrepareContext c, TransposedGeometry geometry, PhasePlan<short> plan, Operand input, QuantizedRows? rows,
    TIn zeroPoint, IIntEpilogue epilogue) : ParallelStep
    where TIn : unmanaged, IBinaryInteger<TIn>
{
    /// <summary>Factors after which 32-bit sums of 16-bit by 8-bit products are moved to 64 bits: 256 * 2^15 * 2^7 = 2^30.</summary>
    private const int WideChunk = 256;

    private readonly Scratch _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PaddedK(plan.KMax) * sizeof(short));
    private readonly Scratch _sums = c.ScratchPerWorker((long)RowTiling.BlockRows * plan.Width * sizeof(int));
    private readonly Scratch _wide = c.ScratchPerWorker(epilogue.IsWide ? (long)RowTiling.BlockRows * plan.Width * sizeof(long) : 1);

    public override int Units => plan.Units;

    public override long UnitCost => plan.Units == 0 ? 0 : plan.Factors * geometry.OutputChannels / plan.Units / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<short>(_patches, worker);
        foreach (var phase in plan.Phases)
        {
            int from = Math.Max(begin - phase.FirstUnit, 0), to = Math.Min(end - phase.FirstUnit, phase.Tiling.Units), gathered = -1;
            for (int i = from; i < to; i++)
            {
                var unit = phase.Tiling[i];
                if (gathered != unit.Row) Gather(c, phase.Phase, unit, patches);
                gathered = unit.Row;
                Unit(c, phase, unit, patches, worker);
            }
        }
    }

    private void Gather(in RunContext c, TransposedPhase phase, in RowTiling.Unit unit, Span<short> patches)
    {
        int stride = GemmInt.PaddedK(phase.K);
        for (int r = 0; r < unit.Rows; r++)
        {
            var target = patches.Slice(r * stride, stride);
            if (rows is null) phase.GatherInput(c.Read<TIn>(input), unit.Row + r, zeroPoint, target);
            else phase.GatherInput(rows.Values(c), unit.Row + r, rows.ZeroPoint(c, phase.Image(unit.Row + r)), target);
        }
    }

    private void Unit(in RunContext c, PlannedPhase<short> planned, in RowTiling.Unit unit, ReadOnlySpan<short> patches, int worker)
    {
        var phase = planned.Phase;
        var sums = c.Scratch<int>(_sums, worker);
        var weights = planned.Weights.Get(c, 0);
        int stride = GemmInt.PaddedK(phase.K), width = plan.Width;
        int column = unit.PanelBegin * GemmInt.PanelWidth, count = Math.Min(unit.PanelEnd * GemmInt.PanelWidth, geometry.OutputChannels) - column;
        var panels = weights[(column * stride)..];
        int panelCount = unit.PanelEnd - unit.PanelBegin;
        if (!epilogue.IsWide)
        {
            GemmInt.Run(patches, stride, unit.Rows, phase.K, 0, stride, panels, 0, panelCount, sums, width);
            for (int r = 0; r < unit.Rows; r++) epilogue.Write(c, sums.Slice(r * width, count), phase.Pixel(unit.Row + r), column);
            return;
        }
        var wide = c.Scratch<long>(_wide, worker)[..(unit.Rows * width)];
        wide.Clear();
        for (int k = 0; k < stride; k += WideChunk)
        {
            GemmInt.Run(patches, stride, unit.Rows, phase.K, k, Math.Min(k + WideChunk, stride), panels, 0, panelCount, sums, width);
            for (int i = 0; i < wide.Length; i++) wide[i] += sums[i];
        }
        for (int r = 0; r < unit.Rows; r++) epilogue.Write(c, wide.Slice(r * width, count), phase.Pixel(unit.Row + r), column);
    }
}

/// <summary>An integer transposed convolution by its definition.</summary>
internal sealed class TransposedReferenceInt<TIn, TWeight>(TransposedGeometry geometry, Operand input, QuantizedRows? rows, int zeroPoint, Operand weights,
    int weightZeroPoint, IIntEpilogue epilogue) : IStep
    where TIn : unmanaged, IBinaryInteger<TIn>
    where TWeight : unmanaged, IBinaryInteger<TWeight>
{
    public void Run(in RunContext c)
    {
        var sums = new long[geometry.OutputChannels];
        var narrow = new int[geometry.OutputChannels];
        var factors = c.Read<TWeight>(weights);
        for (int pixel = 0; pixel < geometry.Batch * geometry.OutputPixels; pixel++)
        {
            int image = pixel / geometry.OutputPixels;
            if (rows is null) TransposedReference.Sums<TIn, TWeight, long>(geometry, c.Read<TIn>(input), zeroPoint, factors, weightZeroPoint, pixel, sums);
            else TransposedReference.Sums<sbyte, TWeight, long>(geometry, rows.Values(c), rows.ZeroPoint(c, image), factors, weightZeroPoint, pixel, sums);
            if (epilogue.IsWide)
            {
                epilogue.Write(c, sums, pixel, 0);
                continue;
            }
            for (int i = 0; i < sums.Length; i++) narrow[i] = unchecked((int)sums[i]);
            epilogue.Write(c, narrow, pixel, 0);
        }
    }
}
