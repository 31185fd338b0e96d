using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// One point in time of one group of sequences: rows [Row, Row + Rows) of inputs and outputs, whose states are the rows from FirstState.
/// </summary>
internal readonly record struct Moment(int Row, int Rows, int FirstState)
{
    /// <summary>The rows of a state of <paramref name="width"/> elements each.</summary>
    public Span<T> Of<T>(Span<T> state, int width) => state.Slice(FirstState * width, Rows * width);
}

/// <summary>A recurrence. Each unit is one group of sequences, from its first to its last point in time, or the other way round.</summary>
/// <param name="sizes">Of the sequences.</param>
/// <param name="output">Where results go.</param>
/// <param name="rowCost">Estimated cost of one row at one point in time.</param>
internal abstract class RecurrentStep(SequenceSizes sizes, SequenceOutput output, long rowCost) : ParallelStep
{
    protected SequenceSizes Sizes { get; } = sizes;

    protected SequenceOutput Output { get; } = output;

    public override int Units => Sizes.Groups;

    public override long UnitCost => rowCost * Sizes.GroupRows * Sizes.Time;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        int rows = Sizes.GroupRows;
        for (int group = begin; group < end; group++)
        {
            for (int i = 0; i < Sizes.Time; i++)
            {
                int time = Output.Reverse ? Sizes.Time - 1 - i : i;
                Advance(c, new(Sizes.Row(group, time), rows, group * rows), worker);
            }
        }
    }

    /// <summary>Computes the outputs of one moment, and the states for the next.</summary>
    protected abstract void Advance(in RunContext c, Moment at, int worker);
}
