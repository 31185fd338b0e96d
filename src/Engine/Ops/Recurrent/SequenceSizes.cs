namespace Graft.Ops.Recurrent;

/// <summary>
/// Sizes of a recurrent operator. Sequences that lie one after the other (batch-major) are run one by one, as groups; interleaved ones
/// (time-major) together, as one group.
/// </summary>
internal readonly record struct SequenceSizes(int Batch, int Time, bool TimeMajor, int Input, int Cells, int Outputs)
{
    /// <summary>Sizes for an input of rank 3, or of rank 2, which is one point in time.</summary>
    public static SequenceSizes Of(Shape input, bool timeMajor, int cells, int outputs)
    {
        if (input.Rank == 2) return new(input[0], 1, true, input[1], cells, outputs);
        return new(input[timeMajor ? 1 : 0], input[timeMajor ? 0 : 1], timeMajor, input[2], cells, outputs);
    }

    public int Groups => TimeMajor ? 1 : Batch;

    /// <summary>Rows of a group at one point in time.</summary>
    public int GroupRows => TimeMajor ? Batch : 1;

    public int Rows => Batch * Time;

    /// <summary>The first row of a group at a point in time, in input and output.</summary>
    public int Row(int group, int time) => TimeMajor ? time * Batch : group * Time + time;
}
