namespace Graft.Conformance;

/// <summary>How far a check is.</summary>
/// <param name="Done">Cases done.</param>
/// <param name="Total">Cases in all.</param>
/// <param name="Failed">Cases that failed so far.</param>
/// <param name="Last">The case that was done last.</param>
public readonly record struct CheckProgress(int Done, int Total, int Failed, string Last);
