namespace Graft.Conformance;

/// <summary>How a case ended.</summary>
public enum CaseStatus
{
    Passed,
    Failed,

    /// <summary>It differs, and the list of known differences says why.</summary>
    Known,

    /// <summary>It was not run.</summary>
    Skipped,
}
