namespace Graft.Conformance.Rules;

/// <summary>What the rules need to know of a model.</summary>
internal sealed record ModelFacts
{
    /// <summary>
    /// The class of the whole: that of its only operator that calculates; accumulating where there are several.
    /// </summary>
    public required OperatorClass Class { get; init; }

    /// <summary>
    /// Whether more than one operator calculates (is not exact), or one does inside a loop. Otherwise the model counts
    /// as a single operator, whatever moves data around it.
    /// </summary>
    public required bool IsWhole { get; init; }

    /// <summary>What the largest magnitude of a row counts as at least.</summary>
    public required double LeastMagnitude { get; init; }

    /// <summary>Whether an accumulating operator takes float activations and integer weights.</summary>
    public required bool IsHybrid { get; init; }

    /// <summary>Whether the reference may show an infinity as the largest float.</summary>
    public required bool ClampsInfinity { get; init; }

    /// <summary>Whether XNNPACK's results count.</summary>
    public required bool TrustsXnnpack { get; init; }

    /// <summary>Whether outputs are random with no seed given, so that only shapes and types can be compared.</summary>
    public required bool IsUnseeded { get; init; }
}
