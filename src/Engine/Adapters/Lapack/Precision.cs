namespace Graft.Adapters.Lapack;

/// <summary>Single precision, in LAPACK's terms: it decides when iterations end.</summary>
internal static class Precision
{
    /// <summary>Half the distance from 1 to the next number.</summary>
    public const float Epsilon = 1f / (1 << 24);

    /// <summary>The smallest number with a reciprocal.</summary>
    public const float Smallest = 1.1754944e-38f;
}
