using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Graft.Kernels.Simd;

namespace Graft.Bench.Compare;

/// <summary>Writes the outcomes as Markdown and as JSON.</summary>
internal static class Report
{
    /// <summary>A table for each type, its geometric mean below it.</summary>
    public static string Markdown(Terms terms, IReadOnlyList<Outcome> outcomes, string processor, (double Reference, double Own) empty)
    {
        var text = new StringBuilder();
        text.AppendLine(Text($"{DateTime.UtcNow:yyyy-MM-dd}, {processor}, {Isa.Name}, .NET {Environment.Version}, {terms.Threads} thread(s), {terms.Pairs} pairs."));
        text.AppendLine(Text($"Ratio = LiteRT / Graft, above 1 where Graft is faster; in brackets its 95 % interval; quickest = ratio of the quickest blocks."));
        text.AppendLine(Text($"An empty call takes {empty.Reference:F2} and {empty.Own:F2} µs, which small models are relieved of."));
        foreach (var type in outcomes.GroupBy(o => o.Entry.Type))
        {
            text.AppendLine().AppendLine($"| {type.Key} | LiteRT ms | Graft ms | ratio | quickest | load + first ms, LiteRT / Graft | memory MB, LiteRT / Graft |");
            text.AppendLine("|---|---|---|---|---|---|---|");
            foreach (var o in type)
            {
                text.AppendLine(Text($"| {o.Entry.Name} | {Ms(o.Reference)} | {Ms(o.Own)} | {o.Ratio.Median:F2} [{o.Ratio.Low:F2}, {o.Ratio.High:F2}] | {o.QuickestRatio:F2}")
                    + Text($" | {o.Reference.LoadMs + o.Reference.FirstMs:F0} / {o.Own.LoadMs + o.Own.FirstMs:F0} | {o.Reference.GrowthKb / 1024.0:F1} / {o.Own.GrowthKb / 1024.0:F1} |"));
            }
            text.AppendLine(Text($"| **geometric mean** | | | **{Statistics.GeometricMean(type.Select(o => o.Ratio.Median)):F2}**")
                + Text($" | **{Statistics.GeometricMean(type.Select(o => o.QuickestRatio)):F2}** | | |"));
        }
        return text.ToString();
    }

    /// <summary>Puts a section into a document in place of the one between its marks, or at the end.</summary>
    public static void Insert(string file, string name, string section)
    {
        string begin = $"<!-- {name} -->", end = $"<!-- end of {name} -->", whole = $"{begin}\n{section}{end}";
        string old = File.Exists(file) ? File.ReadAllText(file) : "";
        var marked = new Regex($"{Regex.Escape(begin)}.*?{Regex.Escape(end)}", RegexOptions.Singleline);
        File.WriteAllText(file, marked.IsMatch(old) ? marked.Replace(old, _ => whole, 1) : $"{old}\n{whole}\n");
    }

    public static void Json(Stream stream, Terms terms, IReadOnlyList<Outcome> outcomes, string processor)
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        json.WriteStartObject();
        json.WriteString("processor", processor);
        json.WriteString("isa", Isa.Name);
        json.WriteNumber("threads", terms.Threads);
        json.WriteNumber("pairs", terms.Pairs);
        json.WriteStartArray("models");
        foreach (var o in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("type", o.Entry.Type);
            json.WriteString("model", o.Entry.Name);
            json.WriteNumber("ratio", o.Ratio.Median);
            json.WriteNumber("ratio_low", o.Ratio.Low);
            json.WriteNumber("ratio_high", o.Ratio.High);
            json.WriteNumber("ratio_quickest", o.QuickestRatio);
            WriteSide(json, "litert", o.Reference);
            WriteSide(json, "graft", o.Own);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("geometric_means");
        foreach (var type in outcomes.GroupBy(o => o.Entry.Type)) json.WriteNumber(type.Key, Statistics.GeometricMean(type.Select(o => o.Ratio.Median)));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, string name, Side side)
    {
        json.WriteStartObject(name);
        json.WriteNumber("median_us", side.Run.Median);
        json.WriteNumber("low_us", side.Run.Low);
        json.WriteNumber("high_us", side.Run.High);
        json.WriteNumber("quickest_us", side.Quickest);
        json.WriteNumber("load_ms", side.LoadMs);
        json.WriteNumber("first_ms", side.FirstMs);
        json.WriteNumber("growth_kb", side.GrowthKb);
        json.WriteEndObject();
    }

    private static string Ms(Side side) => side.Run.Median switch
    {
        < 100 => Text($"{side.Run.Median / 1000:F5}"),
        < 10_000 => Text($"{side.Run.Median / 1000:F3}"),
        _ => Text($"{side.Run.Median / 1000:F1}"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
