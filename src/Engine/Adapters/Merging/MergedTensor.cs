namespace Graft;

/// <summary>A weight that an adapter was merged into.</summary>
/// <param name="Node">The node that it belongs to.</param>
/// <param name="Error">How much of the adapter's change rounding has lost: the norm of the error over the norm of the change, 0 when it is all there.</param>
public sealed record MergedTensor(string Node, double Error);
