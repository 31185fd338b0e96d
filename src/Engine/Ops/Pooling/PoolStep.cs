using Graft.Kernels.Conv;
using Graft.Kernels.Pool;
using Graft.Runtime;

namespace Graft.Ops.Pooling;

/// <summary>A pooling; each unit is a line of output positions along the width.</summary>
internal sealed class PoolStep<TPool, T>(VolumeGeometry geometry, Operand input, Operand output, T min, T max) : ParallelStep
    where TPool : IPool<T>
    where T : unmanaged
{
    public override int Units => geometry.Lines;

    public override long UnitCost => (long)geometry.Width.Output * geometry.InputChannels
        * Elements(geometry.Depth) * Elements(geometry.Height) * Elements(geometry.Width) / 4;

    public override void RunRange(in RunContext c, int begin, int end, int worker) =>
        TPool.Lines(geometry, c.Read<T>(input), c.Write<T>(output), min, max, begin, end);

    private static int Elements(VolumeAxis axis) => Math.Min(axis.Filter, axis.Input);
}
