using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>An integer transposed convolution, phase by phase: exact sums, of which the epilogue makes outputs.</summary>
internal sealed class TransposedIntStep<TIn>(in PrepareContext c, PhasePlan<byte> plan, GemmInt kernel, int channels, Operand input,
    TIn zeroPoint, IIntEpilogue epilogue) : ParallelStep
    where TIn : unmanaged, IBinaryInteger<TIn>
{
    private readonly PanelProduct _product = new(c, kernel, new(kernel.PanelWidth, 1, channels), epilogue);
    private readonly Scratch _patches = c.ScratchPerWorker((long)RowTiling.BlockRows * kernel.RowBytes(plan.KMax));

    public override int Units => plan.Units;

    public override long UnitCost => plan.Units == 0 ? 0 : plan.Factors * channels / plan.Units / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var patches = c.Scratch<byte>(_patches, worker);
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

    private void Gather(in RunContext c, TransposedPhase phase, in RowTiling.Unit unit, Span<byte> patches)
    {
        int stride = kernel.RowBytes(phase.K);
        for (int r = 0; r < unit.Rows; r++)
        {
            phase.GatherInput(c.Read<TIn>(input), unit.Row + r, zeroPoint, MemoryMarshal.Cast<byte, short>(patches.Slice(r * stride, stride)));
        }
    }

    private void Unit(in RunContext c, PlannedPhase<byte> planned, in RowTiling.Unit unit, ReadOnlySpan<byte> patches, int worker)
    {
        var phase = planned.Phase;
        Span<int> pixels = stackalloc int[unit.Rows];
        for (int r = 0; r < pixels.Length; r++) pixels[r] = phase.Pixel(unit.Row + r);
        var left = new LeftBlock { Factors = patches, Stride = kernel.RowBytes(phase.K), Rows = unit.Rows, K = phase.K, OutputRow = 0, OutputRows = pixels };
        _product.Run(c, left, planned.Weights.Get(c, 0), 0, unit.PanelBegin, unit.PanelEnd, worker);
    }
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
