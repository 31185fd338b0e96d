using System.Numerics;
using Graft.Runtime;

namespace Graft.Ops.Pointwise;

/// <summary>Refuses data with a value in a range that the operator is not defined for, before another step runs.</summary>
internal sealed class ForbiddenRange<T>(Operand operand, T low, T high, string problem) : IStep
    where T : unmanaged, INumber<T>
{
    public void Run(in RunContext c)
    {
        int at = c.Read<T>(operand).IndexOfAnyInRange(low, high);
        if (at >= 0) StepFault.Raise($"element {at} is {c.Read<T>(operand)[at]}: {problem}");
    }
}
