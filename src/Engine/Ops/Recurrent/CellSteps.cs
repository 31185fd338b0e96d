using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>The steps of one cell that runs over sequences: preparations, what all points in time can be given at once, the recurrence.</summary>
internal sealed record CellSteps(IReadOnlyList<IStep> First, ParallelStep Inputs, RecurrentStep Recurrence)
{
    public IStep Alone() => new Sequence([.. First, Inputs, Recurrence]);

    /// <summary>Two cells that do not see each other, run side by side; the whole <paramref name="passes"/> times, states going on.</summary>
    public IStep With(CellSteps other, int passes)
    {
        IStep inputs = new SideBySide(Inputs, other.Inputs), recurrences = new SideBySide(Recurrence, other.Recurrence);
        return new Sequence([.. First, .. other.First, .. Enumerable.Range(0, 2 * passes).Select(i => i % 2 == 0 ? inputs : recurrences)]);
    }

    private sealed class SideBySide(ParallelStep left, ParallelStep right) : ParallelStep
    {
        public override int Units => left.Units + right.Units;

        public override long UnitCost => Math.Max(left.UnitCost, right.UnitCost);

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            int border = left.Units;
            if (begin < border) left.RunRange(c, begin, Math.Min(end, border), worker);
            if (end > border) right.RunRange(c, Math.Max(begin, border) - border, end - border, worker);
        }
    }
}
