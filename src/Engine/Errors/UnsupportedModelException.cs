using System.Collections.Immutable;

namespace Graft;

/// <summary>The model is valid, but something in it is not done here. Lists every offending node at once.</summary>
public sealed class UnsupportedModelException : Exception
{
    internal UnsupportedModelException(ImmutableArray<string> problems)
        : base($"the model needs what this version does not have:{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", problems)) =>
        Problems = problems;

    /// <summary>One line for each node: where it is, what it asks for, what would work.</summary>
    public ImmutableArray<string> Problems { get; }
}
