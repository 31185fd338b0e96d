using System.Text.Json;

namespace Graft.Conformance.Reporting;

/// <summary>
/// The report for programs: counts, groups and cases. Numbers that JSON lacks (infinite, NaN) are null.
/// </summary>
internal static class JsonReport
{
    public static void Write(CheckReport report, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("passed", report.Passed);
        json.WriteNumber("failed", report.Failed);
        json.WriteNumber("skipped", report.Skipped);
        json.WriteNumber("known", report.Known);
        json.WriteStartArray("groups");
        foreach (var row in GroupRow.Of(report.Cases)) WriteGroup(row, json);
        json.WriteEndArray();
        json.WriteStartArray("cases");
        foreach (var result in report.Cases) WriteCase(result, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGroup(GroupRow row, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Name);
        json.WriteNumber("cases", row.Cases);
        json.WriteNumber("bit_exact", row.BitExact);
        json.WriteNumber("within_tolerance", row.WithinTolerance);
        json.WriteNumber("failed", row.Failed);
        json.WriteNumber("known", row.Known);
        json.WriteNumber("skipped", row.Skipped);
        json.WriteString("worst_case", row.Worst?.Name);
        json.WriteEndObject();
    }

    private static void WriteCase(CaseResult result, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Name);
        json.WriteString("status", JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Status.ToString()));
        json.WriteBoolean("bit_exact", result.IsBitExact);
        json.WriteNumber("comparisons", result.Comparisons);
        WriteNumber("worst_error", result.WorstError, json);
        WriteNumber("worst_ratio", result.WorstRatio, json);
        json.WriteString("where", result.Where);
        json.WriteStartArray("details");
        foreach (string line in result.Details) json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(string name, double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
