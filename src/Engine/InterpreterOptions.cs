namespace Graft;

/// <summary>How an interpreter runs its model.</summary>
public sealed class InterpreterOptions
{
    /// <summary>Threads that share the work of one Invoke, the caller's included. Results do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    public KernelSet Kernels { get; init; } = KernelSet.Fast;

    /// <summary>
    /// Computes floats as plain loops do, term by term and rounded twice for each: the bits of the reference, and the same on every CPU, in
    /// about twice the time. Models that quantise computed floats (dynamic range) are always run so: their results would differ by whole steps.
    /// </summary>
    public bool ReproduceReferenceFloats { get; init; }

    /// <summary>Measures the time of every node; read it from <see cref="Interpreter.Profile"/>.</summary>
    public bool Profile { get; init; }

    /// <summary>Keeps every intermediate tensor readable after Invoke, at the cost of memory: for debugging and comparison.</summary>
    public bool PreserveAllTensors { get; init; }
}
