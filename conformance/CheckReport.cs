using Graft.Conformance.Reporting;

namespace Graft.Conformance;

/// <summary>The results of a check, in a stable order.</summary>
public sealed class CheckReport
{
    internal CheckReport(IReadOnlyList<CaseResult> cases) => Cases = cases;

    public IReadOnlyList<CaseResult> Cases { get; }

    public int Passed => Count(CaseStatus.Passed);

    public int Failed => Count(CaseStatus.Failed);

    public int Known => Count(CaseStatus.Known);

    public int Skipped => Count(CaseStatus.Skipped);

    /// <summary>0 when nothing failed, otherwise 1: the exit code of the command line.</summary>
    public int ExitCode => Failed == 0 ? 0 : 1;

    /// <summary>
    /// The closing line: <c>N passed, N failed, N skipped</c>, and <c>, N known</c> where there are some.
    /// </summary>
    public string Summary =>
        $"{Passed} passed, {Failed} failed, {Skipped} skipped" + (Known > 0 ? $", {Known} known" : "");

    /// <summary>Writes the failures, a table of operators or models, and the closing line.</summary>
    public void WriteText(TextWriter output) => TextReport.Write(this, output);

    /// <summary>Writes everything as one JSON object.</summary>
    public void WriteJson(Stream output) => JsonReport.Write(this, output);

    private int Count(CaseStatus status) => Cases.Count(c => c.Status == status);
}
