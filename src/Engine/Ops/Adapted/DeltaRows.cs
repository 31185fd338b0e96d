using Graft.Adapters.Running;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// Adds what is bound to a slot to rows of W x + b, then applies what follows: activation, quantisation. A unit is a block of rows; a row's
/// bits depend on that row and its adapter alone.
/// </summary>
internal sealed class DeltaRows(int slot, DeltaBlocks blocks) : ParallelStep
{
    public override int Units => blocks.Count;

    public override long UnitCost => DeltaBlocks.RowsMax * blocks.RowCost;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var bindings = c.Bindings;
        int last = Math.Min(end * DeltaBlocks.RowsMax, blocks.Rows);
        for (int row = begin * DeltaBlocks.RowsMax; row < last;)
        {
            int count = Math.Min(DeltaBlocks.RowsMax, last - row);
            var delta = (SlotDelta?)bindings.For(slot, row, blocks.Layout, ref count);
            if (delta is not null)
            {
                blocks.AddTerms(c, delta, row, count, worker);
                foreach (var function in delta.Functions) blocks.Apply(c, function, 1, row, count, worker);
            }
            if (delta is not null || !blocks.Output.LeavesPlainRows) blocks.Output.Finish(c, row, count);
            row += count;
        }
    }
}
