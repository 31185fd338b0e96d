namespace Graft.Adapters.Form;

/// <summary>A function of a layer's input that is added to its output and is no matrix product: a bottleneck with an activation, a router.</summary>
internal interface IBranch
{
    /// <summary>Floats of working memory for one row.</summary>
    int WorkspaceLength { get; }

    /// <summary>
    /// Adds to each row of <paramref name="y"/> (rows, out) the function of the same row of <paramref name="x"/> (rows, in). A row's
    /// result does not depend on other rows.
    /// </summary>
    void AddTo(ReadOnlySpan<float> x, Span<float> y, int rows, Span<float> workspace);
}
