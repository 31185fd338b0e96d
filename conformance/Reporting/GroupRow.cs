namespace Graft.Conformance.Reporting;

/// <summary>The sum of one operator's or model's cases.</summary>
internal sealed record GroupRow(string Name, int Cases, int BitExact, int WithinTolerance, int Failed, int Known,
    int Skipped, CaseResult? Worst)
{
    public static IReadOnlyList<GroupRow> Of(IEnumerable<CaseResult> cases) =>
        [.. cases.GroupBy(c => c.Group).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Sum(g.Key, [.. g]))];

    private static GroupRow Sum(string name, CaseResult[] cases) => new(
        name,
        cases.Length,
        cases.Count(c => c.Status == CaseStatus.Passed && c.IsBitExact),
        cases.Count(c => c.Status == CaseStatus.Passed && !c.IsBitExact),
        cases.Count(c => c.Status == CaseStatus.Failed),
        cases.Count(c => c.Status == CaseStatus.Known),
        cases.Count(c => c.Status == CaseStatus.Skipped),
        cases.Where(c => c.Where.Length > 0).MaxBy(c => c.WorstRatio));
}
