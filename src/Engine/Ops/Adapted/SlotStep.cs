using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>A node with a slot: the step that it has without adapters, which tells what it costs, and what else is done when one is bound.</summary>
internal abstract class SlotStep(IStep plain) : IStep
{
    protected IStep Plain => plain;

    public long Work => plain.Work;

    public long Products => plain.Products;

    public string? Kernel => plain.Kernel;

    public int ThreadsFor(int available) => plain.ThreadsFor(available);

    public abstract void Run(in RunContext c);
}
