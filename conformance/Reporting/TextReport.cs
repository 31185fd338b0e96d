using System.Globalization;

namespace Graft.Conformance.Reporting;

/// <summary>The report for people: failures first, then a table, then the closing line.</summary>
internal static class TextReport
{
    public static void Write(CheckReport report, TextWriter output)
    {
        foreach (var result in report.Cases.Where(c => c.Status is CaseStatus.Failed or CaseStatus.Known))
        {
            output.WriteLine($"{(result.Status == CaseStatus.Failed ? "FAILED" : "known ")} {result.Name}");
            foreach (string line in result.Details) output.WriteLine($"       {line}");
        }
        WriteTable(GroupRow.Of(report.Cases), output);
        output.WriteLine(report.Summary);
    }

    private static void WriteTable(IReadOnlyList<GroupRow> rows, TextWriter output)
    {
        int width = Math.Max(8, rows.Max(r => (int?)r.Name.Length) ?? 0);
        output.WriteLine($"{"".PadRight(width)}  {"cases",6} {"exact",6} {"within",6} {"failed",6} {"known",6} {"skip",6}  worst error");
        foreach (var row in rows)
        {
            string counts = $"{row.Cases,6} {row.BitExact,6} {row.WithinTolerance,6} {row.Failed,6} {row.Known,6} {row.Skipped,6}";
            output.WriteLine($"{row.Name.PadRight(width)}  {counts}  {Describe(row.Worst)}".TrimEnd());
        }
    }

    private static string Describe(CaseResult? worst)
    {
        if (worst is null) return "";
        string ratio = double.IsInfinity(worst.WorstRatio) ? "no bound"
            : string.Create(CultureInfo.InvariantCulture, $"{worst.WorstRatio:G3} x bound");
        return string.Create(CultureInfo.InvariantCulture,
            $"{worst.WorstError:G3} ({ratio}) {worst.Name[(worst.Name.LastIndexOf('/') + 1)..]} {worst.Where}");
    }
}
