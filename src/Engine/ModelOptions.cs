namespace Graft;

/// <summary>How a model is loaded.</summary>
public sealed class ModelOptions
{
    /// <summary>
    /// Reads the file into memory instead of mapping it. A mapped file must not be shortened by anyone while the model is in use: the
    /// operating system then kills the process.
    /// </summary>
    public bool CopyToMemory { get; init; }

    /// <summary>The caller's own operators; they take precedence over Graft's for the same name.</summary>
    public IReadOnlyList<CustomOperator> CustomOperators { get; init; } = [];
}
