namespace Graft.Ops.Moves;

/// <summary>
/// Moves elements that it does not interpret. It sees every element as <see cref="Move.ElementBytes"/> bytes: packed
/// types are unpacked and strings are represented by indices around it.
/// </summary>
internal interface IMover
{
    /// <summary>Independent units of work.</summary>
    int Units { get; }

    /// <summary>Elements moved by all units together.</summary>
    long Cost { get; }

    /// <summary>Moves units [begin, end). Raises a StepFault for bad run-time values.</summary>
    void Run(in MoveMemory memory, int begin, int end);
}
