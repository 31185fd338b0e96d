using Graft.Adapters.Running;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// A float node with a low-rank adapter for all rows: A x for all rows first, then B (A x) tile by tile within the node's own product, so that outputs are written
/// once. Rows have the bits that <see cref="DeltaRows"/> gives them.
/// </summary>
internal sealed class JoinedLowRank(int slot, GemmFloatStep product, DeltaBlocks blocks)
{
    private readonly Shrink _shrink = new(slot, blocks);
    private readonly Expand _expand = new(slot, product, blocks.Rows);

    /// <summary>Whether A x for all rows fits a span.</summary>
    public bool Takes(SlotDelta delta) => (long)blocks.Rows * delta.Low!.Value.A.Outputs <= int.MaxValue;

    public void Run(in RunContext c)
    {
        // Grown here, while no worker is at it.
        c.Session.Shared(blocks.Rows * Low(c, slot).A.Outputs);
        c.Parallel(_shrink);
        c.Parallel(_expand);
    }

    private static (RowFactor A, PackedFactor B) Low(in RunContext c, int slot) => ((SlotDelta)c.Bindings[slot]!).Low!.Value;

    private sealed class Shrink(int slot, DeltaBlocks blocks) : ParallelStep
    {
        public override int Units => blocks.Count;

        public override long UnitCost => Math.Min(blocks.Rows, DeltaBlocks.RowsMax) * blocks.ShrinkCost;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var a = Low(c, slot).A;
            var shrunk = c.Session.Shared(blocks.Rows * a.Outputs);
            for (int row = begin * DeltaBlocks.RowsMax, count; row < Math.Min(end * DeltaBlocks.RowsMax, blocks.Rows); row += count)
            {
                count = Math.Min(DeltaBlocks.RowsMax, blocks.Rows - row);
                blocks.Shrink(c, a, row, count, shrunk[(row * a.Outputs)..], worker);
            }
        }
    }

    private sealed class Expand(int slot, GemmFloatStep product, int rows) : ParallelStep
    {
        public override int Units => product.Units;

        public override long UnitCost => product.UnitCost;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var (a, b) = Low(c, slot);
            product.RunRange(c, begin, end, worker, c.Session.Shared(rows * a.Outputs), a.Outputs, b.Packed);
        }
    }
}
