namespace Graft;

/// <summary>Which implementation of the operators runs. Integers are equal in both, bit for bit.</summary>
public enum KernelSet
{
    /// <summary>Vectorised for the CPU at hand.</summary>
    Fast,

    /// <summary>Plain loops, written for clarity: the yardstick that the fast kernels are tested against.</summary>
    Reference,
}
