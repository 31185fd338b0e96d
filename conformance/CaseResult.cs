namespace Graft.Conformance;

/// <summary>The result of one case: a model with its golden, run with every kernel set that was asked for.</summary>
public sealed record CaseResult
{
    /// <summary>The operator or model that it belongs to.</summary>
    public required string Group { get; init; }

    /// <summary>Group and file name without extension.</summary>
    public required string Name { get; init; }

    public required CaseStatus Status { get; init; }

    /// <summary>Whether every output of every run has the golden's bytes.</summary>
    public bool IsBitExact { get; init; }

    /// <summary>Outputs that were compared, over all runs.</summary>
    public int Comparisons { get; init; }

    /// <summary>The largest difference as a multiple of its bound; infinite where no difference is allowed.</summary>
    public double WorstRatio { get; init; }

    /// <summary>
    /// The largest absolute difference of the tensor with the worst ratio; NaN where there is no number.
    /// </summary>
    public double WorstError { get; init; }

    /// <summary>Where that is; empty when bit-exact.</summary>
    public string Where { get; init; } = "";

    /// <summary>What failed, or why it is skipped or known: one line each.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
