using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// A node with an adapter slot. Empty, it runs the plain step; bound, the linear step computes W x + b without activation or requantisation,
/// and the deltas are added before those.
/// </summary>
internal sealed class AdaptedStep(int slot, IStep plain, IStep linear, DeltaRows deltas) : IStep
{
    public void Run(in RunContext c)
    {
        var bindings = c.Bindings;
        if (!bindings.Binds(slot))
        {
            plain.Run(c);
            return;
        }
        // Rows without an adapter keep the plain step's bits; a float row gets them from the linear step as well.
        if (bindings.IsMixed && deltas.NeedsPlainRows) plain.Run(c);
        linear.Run(c);
        c.Parallel(deltas);
    }
}
