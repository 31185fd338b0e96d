using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>The plain step, and behind it, when something is bound to the slot, the change of its output.</summary>
/// <param name="slot">The slot.</param>
/// <param name="plain">The step without adapters.</param>
/// <param name="change">The change; null where the node cannot take it.</param>
/// <param name="lacking">Why it cannot.</param>
internal sealed class ChangedStep(int slot, IStep plain, ParallelStep? change, string lacking) : SlotStep(plain)
{
    public override void Run(in RunContext c)
    {
        Plain.Run(c);
        if (!c.Bindings.Binds(slot)) return;
        if (change is null) StepFault.Raise(lacking);
        c.Parallel(change);
    }
}
