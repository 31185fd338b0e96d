using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// The same as <see cref="DeltaRows"/> for functions with a gate, which is a mean over all rows of a sequence. A unit is a sequence: its
/// bits depend on that sequence alone. All rows have the same adapter.
/// </summary>
internal sealed class DeltaSequences(int slot, int length, DeltaBlocks blocks) : ParallelStep
{
    public override int Units => length == 0 ? 0 : blocks.Rows / length;

    public override long UnitCost => length * blocks.RowCost;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var delta = (SlotDelta)c.Bindings[slot]!;
        for (int row = begin * length; row < end * length; row += length)
        {
            for (int at = 0; at < length; at += DeltaBlocks.RowsMax) blocks.AddTerms(c, delta, row + at, Count(at), worker);
            foreach (var function in delta.Functions)
            {
                float gate = Gate(c, function, row, worker);
                for (int at = 0; at < length; at += DeltaBlocks.RowsMax) blocks.Apply(c, function, gate, row + at, Count(at), worker);
            }
            for (int at = 0; at < length; at += DeltaBlocks.RowsMax) blocks.Output.Finish(c, row + at, Count(at));
        }
    }

    private int Count(int at) => Math.Min(DeltaBlocks.RowsMax, length - at);

    private float Gate(in RunContext c, IRowFunction function, int row, int worker)
    {
        if (!function.IsGated) return 1;
        double sum = 0;
        for (int at = 0; at < length; at += DeltaBlocks.RowsMax) sum += blocks.GateSum(c, function, row + at, Count(at), worker);
        return (float)(sum / length);
    }
}
