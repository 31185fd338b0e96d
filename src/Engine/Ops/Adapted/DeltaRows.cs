using Graft.Adapters.Running;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// Adds what is bound to a slot to rows of W x + b, then applies what follows: activation, quantisation. A unit is a block of rows; a row's
/// bits depend on that row and its adapter alone.
/// </summary>
internal sealed class DeltaRows(int slot, ConvGeometry geometry, PatchRows patches, PatchRows? own, LinearRows output) : ParallelStep
{
    public const int BlockRows = 32;

    public override int Units => (geometry.Rows + BlockRows - 1) / BlockRows;

    // Ranks are not known here; 16 is common.
    public override long UnitCost => (long)BlockRows * (geometry.K + geometry.OutputChannels) * 4;

    public bool NeedsPlainRows => output.LeavesPlainRows;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var bindings = c.Bindings;
        int last = Math.Min(end * BlockRows, geometry.Rows);
        for (int row = begin * BlockRows; row < last;)
        {
            int count = Math.Min(BlockRows, last - row);
            var delta = (SlotDelta?)bindings.For(slot, row, geometry.Rows, ref count);
            if (delta is not null) Apply(c, delta, row, count, worker);
            if (delta is not null || !output.LeavesPlainRows) output.Finish(c, row, count);
            row += count;
        }
    }

    private void Apply(in RunContext c, SlotDelta delta, int row, int count, int worker)
    {
        var y = output.Rows(c, row, count);
        delta.ScaleRows(y, count);
        var workspace = c.Session.Workspace(worker);
        if (delta.ReadsInput)
        {
            var x = patches.Read(c, row, count, workspace, out int stride, out int used);
            delta.AddTo(x, stride, count, y, workspace[used..]);
        }
        if (delta.Own is null) return;
        if (own is null) StepFault.Raise("the adapter's convolution does not have this node's output size (a dilated filter)");
        var z = own.Read(c, row, count, workspace, out int ownStride, out int ownUsed);
        delta.AddOwnTo(z, ownStride, count, y, workspace[ownUsed..]);
    }
}
