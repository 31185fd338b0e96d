namespace Graft;

/// <summary>How an interpreter runs its model.</summary>
public sealed class InterpreterOptions
{
    /// <summary>Threads that share the work of one Invoke, the caller's included. Results do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    public KernelSet Kernels { get; init; } = KernelSet.Fast;

    /// <summary>
    /// Sums float products with one rounding for each term where the CPU has FMA: about 1.4 times as fast on CPUs that were measured. The
    /// default rounds product and sum, and so has the bits of the reference, and the same bits on every CPU. Models that quantise computed
    /// floats (dynamic range) keep the default.
    /// </summary>
    public bool FuseFloatSums { get; init; }

    /// <summary>Measures the time of every node; read it from <see cref="Interpreter.Profile"/>.</summary>
    public bool Profile { get; init; }

    /// <summary>Keeps every intermediate tensor readable after Invoke, at the cost of memory: for debugging and comparison.</summary>
    public bool PreserveAllTensors { get; init; }
}
