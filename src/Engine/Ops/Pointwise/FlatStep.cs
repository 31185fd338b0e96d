using Graft.Runtime;

namespace Graft.Ops.Pointwise;

/// <summary>Runs a kernel over all elements of a tensor, a fixed number of them at a time.</summary>
internal sealed class FlatStep<TKernel, TIn, TOut>(TKernel kernel, Operand input, Operand output, long count, int cost)
    : ParallelStep
    where TKernel : struct, IFlatKernel<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    /// <summary>Elements of one unit: short enough to stay in the first cache, long enough to make calls cheap.</summary>
    private const int UnitLength = 8192;

    public override int Units => (int)((count + UnitLength - 1) / UnitLength);

    public override long UnitCost => Math.Min(count, UnitLength) * cost / Cost.Unit;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var from = c.Read<TIn>(input);
        var to = c.Write<TOut>(output);
        for (int unit = begin; unit < end; unit++)
        {
            int start = unit * UnitLength;
            int length = (int)Math.Min(UnitLength, count - start);
            kernel.Run(from.Slice(start, length), to.Slice(start, length));
        }
    }
}
