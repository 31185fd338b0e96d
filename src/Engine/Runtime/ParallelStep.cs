using Graft.Ops;

namespace Graft.Runtime;

/// <summary>A step made of independent units. What a unit computes never depends on how units are shared out among workers.</summary>
internal abstract class ParallelStep : IStep
{
    /// <summary>Number of units; work is handed out in ranges of them.</summary>
    public abstract int Units { get; }

    /// <summary>Estimated cost of one unit, in elementary operations: short steps are not worth waking workers for.</summary>
    public abstract long UnitCost { get; }

    public long Work => Units == 0 ? 0 : UnitCost > long.MaxValue / 4096 / Units ? long.MaxValue / 4096 : Units * UnitCost;

    public virtual long Products => 0;

    public virtual string? Kernel => null;

    public int ThreadsFor(int available) => WorkerPool.Worth(available, Units, UnitCost);

    /// <summary>Computes units [begin, end), using the scratch of <paramref name="worker"/>.</summary>
    public abstract void RunRange(in RunContext c, int begin, int end, int worker);

    public void Run(in RunContext c) => c.Parallel(this);
}
