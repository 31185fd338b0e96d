using System.Diagnostics.CodeAnalysis;

namespace Graft.Runtime;

/// <summary>Raised by a running step for bad data (an index out of range, a wrong size); the executor adds the node's name.</summary>
internal sealed class StepFault(string problem) : Exception(problem)
{
    [DoesNotReturn]
    public static void Raise(string problem) => throw new StepFault(problem);
}
