using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Graphs;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Rows of an output that functions bound to a slot change behind the node; a row's bits depend on that row and its adapter alone.</summary>
internal sealed class AdaptedOutput(int slot, RowLayout layout, int width, OutputRows output) : ParallelStep
{
    /// <summary>Adds the slot to the step of a node.</summary>
    public static IStep Wrap(in PrepareContext c, IStep plain)
    {
        if (!c.IsAdapted) return plain;
        var shape = c.OutputShape(0);
        bool hasRows = shape.Rank > 0 && shape.ElementCount > 0;
        var changed = hasRows && OutputRows.Of(c.Output(0), c.Out(0)) is { } output ? new AdaptedOutput(c.Node.Slot, Sequences.Rows(c, shape.Dimensions[..^1]), shape[^1], output) : null;
        return new ChangedStep(c.Node.Slot, plain, changed, "the adapter has a function of this node's output, whose type has no meaning as real numbers");
    }

    public override int Units => (layout.Rows + DeltaBlocks.RowsMax - 1) / DeltaBlocks.RowsMax;

    // What is bound is not known here.
    public override long UnitCost => DeltaBlocks.RowsMax * (long)width * 64;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        int last = Math.Min(end * DeltaBlocks.RowsMax, layout.Rows);
        for (int row = begin * DeltaBlocks.RowsMax; row < last;)
        {
            int count = Math.Min(DeltaBlocks.RowsMax, last - row);
            if (c.Bindings.For(slot, row, layout, ref count) is SlotDelta delta) Apply(c, delta, row, count, c.Session.Workspace(worker));
            row += count;
        }
    }

    private void Apply(in RunContext c, SlotDelta delta, int row, int count, Span<float> workspace)
    {
        if (delta.Outputs != width) StepFault.Raise($"the adapter's function is of rows of {delta.Outputs} elements, not {width}");
        int length = count * width;
        var y = output.Open(c, row * width, length, workspace[..length]);
        foreach (var function in delta.Functions)
        {
            if (function.Ends is { } ends) ApplyAt(c, delta, function, ends, row, y, workspace[length..]);
            else function.Apply(new FunctionRows(count, default, y, default, workspace[length..]), 1);
        }
        output.Close(c, row * width, y);
    }

    /// <summary>The rows of y that are tokens at the ends of their sequences.</summary>
    private void ApplyAt(in RunContext c, SlotDelta delta, IRowFunction function, SequenceEnds ends, int row, Span<float> y, Span<float> workspace)
    {
        var mask = delta.Mask!.Value;
        int length = mask.Length(c, layout.Rows);
        if (length == 0) StepFault.Raise("the adapter acts at the ends of sequences, but the mask of their tokens has another number of positions than this node has rows");
        var (first, end) = (0, 0);
        for (int i = 0; i * width < y.Length; i++)
        {
            var (sequence, position) = Math.DivRem(row + i, length);
            if (i == 0 || position == 0)
            {
                (first, end) = mask.Tokens(c, sequence, length);
                if (!ends.AreIn(first, end, length)) StepFault.Raise($"the adapter acts on the first {ends.First} and last {ends.Last} tokens, but of the {length} positions of sequence {sequence}, {end - first} are tokens, from {first} on");
            }
            if (ends.Contain(position, first, end)) function.Apply(new FunctionRows(1, default, y.Slice(i * width, width), default, workspace), 1);
        }
    }
}
