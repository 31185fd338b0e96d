using Graft.Kernels.Conv;
using Graft.Kernels.Pool;
using Graft.Runtime;

namespace Graft.Ops.Pooling;

/// <summary>A 2-D pooling; each unit is one row of output positions.</summary>
internal sealed class PoolStep<TPool, T>(ConvGeometry geometry, Operand input, Operand output, T min, T max) : ParallelStep
    where TPool : IPool<T>
    where T : unmanaged
{
    public override int Units => geometry.Batch * geometry.OutputHeight;

    public override long UnitCost => (long)geometry.OutputWidth * geometry.InputChannels
        * Math.Min(geometry.FilterHeight, geometry.InputHeight) * Math.Min(geometry.FilterWidth, geometry.InputWidth) / 4;

    public override void RunRange(in RunContext c, int begin, int end, int worker) =>
        TPool.Rows(geometry, c.Read<T>(input), c.Write<T>(output), min, max, begin, end);
}
