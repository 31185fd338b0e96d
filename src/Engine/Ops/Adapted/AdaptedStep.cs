using Graft.Adapters.Running;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// A node with an adapter slot. Empty, it runs the plain step; bound, the linear step computes W x + b without activation or requantisation,
/// and the deltas are added before those.
/// </summary>
/// <param name="slot">The slot.</param>
/// <param name="plain">The node without an adapter.</param>
/// <param name="linear">W x + b.</param>
/// <param name="blocks">What is done to its rows.</param>
/// <param name="sequenceLength">Rows of a sequence; 0 when rows have no such order.</param>
internal sealed class AdaptedStep(int slot, IStep plain, IStep linear, DeltaBlocks blocks, int sequenceLength) : SlotStep(plain)
{
    private readonly DeltaRows _rows = new(slot, blocks);
    private readonly JoinedLowRank? _joined = plain is GemmFloatStep { TakesLowRank: true } product ? new(slot, product, blocks) : null;
    private readonly DeltaSequences _sequences = new(slot, sequenceLength, blocks), _batch = new(slot, blocks.Rows, blocks);

    public override void Run(in RunContext c)
    {
        var bindings = c.Bindings;
        if (!bindings.Binds(slot))
        {
            Plain.Run(c);
            return;
        }
        if (!bindings.IsMixed && _joined is not null && bindings[slot] is SlotDelta { IsLowRank: true } delta && _joined.Takes(delta))
        {
            _joined.Run(c);
            return;
        }
        // Rows without an adapter keep the plain step's bits; a float row gets them from the linear step as well.
        if (bindings.IsMixed && blocks.Output.LeavesPlainRows) Plain.Run(c);
        linear.Run(c);
        ParallelStep step = bindings[slot] switch
        {
            SlotDelta { IsBatchWide: true } => _batch,
            SlotDelta { IsGated: true } => _sequences,
            _ => _rows,
        };
        if (step == _sequences && sequenceLength == 0) StepFault.Raise("the adapter's gate is a mean over a sequence, but the rows of this node are in no sequences");
        c.Parallel(step);
    }
}
