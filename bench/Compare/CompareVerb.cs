using System.CommandLine;
using Graft.Tests;

namespace Graft.Bench.Compare;

/// <summary><c>compare</c>: LiteRT and Graft side by side on the models of the list.</summary>
internal static class CompareVerb
{
    private static readonly Option<string> s_python = new("--litert") { Description = "A Python that has the package ai_edge_litert.", HelpName = "PYTHON", Required = true };
    private static readonly Option<string> s_driver = new("--driver")
    {
        Description = "The script that it runs.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "litert_driver.py"),
        HelpName = "FILE",
    };

    private static readonly Option<string[]> s_models = new("--models") { Description = "Where a folder of the list is.", HelpName = "NAME=FOLDER", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> s_list = new("--list") { Description = "The list of models.", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "models.txt"), HelpName = "FILE" };
    private static readonly Option<string?> s_filter = new("--filter") { Description = "Only models whose type or name contains this.", HelpName = "TEXT" };
    private static readonly Option<int> s_threads = new("--threads") { Description = "Threads of one run.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> s_pairs = new("--pairs") { Description = "Turns of each side.", DefaultValueFactory = _ => 10 };
    private static readonly Option<double> s_seconds = new("--seconds") { Description = "Length of a turn.", DefaultValueFactory = _ => 0.2 };
    private static readonly Option<string?> s_json = new("--json") { Description = "Writes the figures to this file.", HelpName = "FILE" };
    private static readonly Option<string> s_section = new("--section") { Description = "The name of their section there.", DefaultValueFactory = _ => "compare", HelpName = "NAME" };
    private static readonly Option<string?> s_markdown = new("--markdown") { Description = "Puts the tables into this document.", HelpName = "FILE" };

    public static int Run(string[] args)
    {
        var command = new RootCommand("Times the models of a list side by side with LiteRT.")
        {
            s_python, s_driver, s_models, s_list, s_filter, s_threads, s_pairs, s_seconds, s_json, s_markdown, s_section,
        };
        command.SetAction(Compare);
        return command.Parse(args).Invoke();
    }

    private static int Compare(ParseResult given)
    {
        var folders = (given.GetValue(s_models) ?? []).Select(m => m.Split('=', 2)).ToDictionary(m => m[0], m => m[^1]);
        var entries = ModelList.Read(given.GetValue(s_list)!, folders, given.GetValue(s_filter));
        var terms = new Terms([given.GetValue(s_python)!, given.GetValue(s_driver)!], OwnCommand(), given.GetValue(s_threads), given.GetValue(s_pairs), given.GetValue(s_seconds));
        var empty = Empty(terms);
        var outcomes = new List<Outcome>();
        foreach (var entry in entries)
        {
            if (Try(terms, entry, empty) is not { } outcome) continue;
            outcomes.Add(outcome);
            Console.WriteLine($"{entry.Type,-8} {entry.Name,-48} {outcome.Reference.Run.Median,12:F1} {outcome.Own.Run.Median,12:F1} µs  ratio {outcome.Ratio.Median:F2}"
                + $" [{outcome.Ratio.Low:F2}, {outcome.Ratio.High:F2}] quickest {outcome.QuickestRatio:F2}  first {outcome.Reference.LoadMs + outcome.Reference.FirstMs:F0}"
                + $" / {outcome.Own.LoadMs + outcome.Own.FirstMs:F0} ms  {outcome.Reference.GrowthKb / 1024} / {outcome.Own.GrowthKb / 1024} MB");
        }
        foreach (var type in outcomes.GroupBy(o => o.Entry.Type)) Console.WriteLine($"{type.Key}: geometric mean {Statistics.GeometricMean(type.Select(o => o.Ratio.Median)):F3}");
        if (given.GetValue(s_markdown) is { } document) Report.Insert(document, $"{given.GetValue(s_section)}, threads {terms.Threads}", Report.Markdown(terms, outcomes, Processor(), empty));
        if (given.GetValue(s_json) is { } file)
        {
            using var stream = File.Create(file);
            Report.Json(stream, terms, outcomes, Processor());
        }
        return outcomes.Count == entries.Length ? 0 : 1;
    }

    /// <summary>Null when one side cannot run the model, which is told.</summary>
    private static Outcome? Try(Terms terms, Entry entry, (double Reference, double Own) empty)
    {
        try
        {
            return Duel.Run(terms, entry, empty);
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine($"{entry.Type,-8} {entry.Name,-48} FAILED: {e.Message}");
            return null;
        }
    }

    /// <summary>Microseconds that running nothing takes, for each side: a model without operators.</summary>
    private static (double Reference, double Own) Empty(Terms terms)
    {
        string path = Path.Combine(Path.GetTempPath(), $"graft-empty-{Environment.ProcessId}.tflite");
        var builder = new ModelBuilder("empty");
        File.WriteAllBytes(path, builder.Output(builder.Input("x", DType.Float32, 1)).ToBytes());
        try
        {
            var outcome = Duel.Run(terms with { Pairs = Math.Min(terms.Pairs, 5) }, new("", "empty", path), default);
            return (outcome.Reference.Quickest, outcome.Own.Quickest);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string[] OwnCommand() => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet"
        ? [host, typeof(CompareVerb).Assembly.Location, Seat.Verb]
        : [Environment.ProcessPath!, Seat.Verb];

    /// <summary>The CPU's name where the system tells it.</summary>
    private static string Processor()
    {
        const string Source = "/proc/cpuinfo";
        string? line = File.Exists(Source) ? File.ReadLines(Source).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? "unknown CPU";
    }
}
