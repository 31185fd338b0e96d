using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Graft.Cli.Commands;

/// <summary><c>graft bench</c>: how long loading and running take, how much memory, and where the time goes.</summary>
internal static class BenchCommand
{
    /// <summary>Which of the first runs are told one by one, those of long models as far as time allows.</summary>
    private static readonly int[] s_early = [1, 10, 100];

    private static readonly TimeSpan s_earlyTime = TimeSpan.FromSeconds(10);

    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<int> s_runs = Choices.Count("--runs", 50, "Runs that are timed.");
    private static readonly Option<string?> s_signature = Choices.Signature();
    private static readonly Option<string> s_kernels = Choices.Kernels(both: false);
    private static readonly Option<bool> s_profile =
        new("--profile") { Description = "Tell the time of every node, measured in runs of their own." };

    public static Command Create() =>
        Verb.Create("bench", "Times a model on made-up inputs.",
            [s_model, s_threads, s_runs, s_signature, s_kernels, s_profile], Run);

    private static int Run(Invocation invocation)
    {
        long before = Environment.WorkingSet, start = Stopwatch.GetTimestamp();
        using var model = Model.Load(invocation.Get(s_model));
        double loaded = Since(start);
        using var interpreter = new Interpreter(model, Options(invocation, profile: false));
        var entry = Filled(interpreter, invocation);
        var early = Early(invocation, entry, start, out double first);
        var timing = new Timing(loaded, first, early, Measure(invocation, entry), entry.Frame.Plan!.ArenaBytes,
            entry.Frame.Plan!.ArenaLowerBound, Environment.WorkingSet - before,
            Process.GetCurrentProcess().PeakWorkingSet64);
        var profile = invocation.Get(s_profile) ? Profile(invocation, model) : [];
        if (invocation.IsJson) WriteJson(invocation, timing, profile);
        else Print(invocation, timing, profile);
        return ExitCode.Success;
    }

    private static InterpreterOptions Options(Invocation invocation, bool profile) => new()
    {
        Threads = invocation.Get(s_threads),
        Kernels = Choices.KernelSets(invocation.Get(s_kernels)!)[0],
        Profile = profile,
    };

    /// <summary>An entry point with inputs.</summary>
    private static EntryPoint Filled(Interpreter interpreter, Invocation invocation)
    {
        var entry = new EntryPoint(interpreter, invocation.Get(s_signature));
        SeededInputs.Fill(entry, seed: 0);
        return entry;
    }

    /// <summary>Times of the first runs, in order, and when the first of them had ended.</summary>
    private static List<double> Early(Invocation invocation, EntryPoint entry, long start, out double first)
    {
        var times = new List<double>();
        first = 0;
        for (long begin = Stopwatch.GetTimestamp(); times.Count < s_early[^1] && Stopwatch.GetElapsedTime(begin) < s_earlyTime;)
        {
            long run = Stopwatch.GetTimestamp();
            entry.Invoke(invocation.Cancellation);
            times.Add(Since(run));
            if (times.Count == 1) first = Since(start);
        }
        return times;
    }

    private static double[] Measure(Invocation invocation, EntryPoint entry)
    {
        Profiling.WarmUp(invocation, entry);
        double[] times = new double[invocation.Get(s_runs)];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            entry.Invoke(invocation.Cancellation);
            times[i] = Since(start);
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>The nodes by time, the slowest first.</summary>
    private static ImmutableArray<NodeProfile> Profile(Invocation invocation, Model model)
    {
        using var interpreter = new Interpreter(model, Options(invocation, profile: true));
        return [.. Profiling.Measure(invocation, interpreter, Filled(interpreter, invocation), invocation.Get(s_runs)).OrderByDescending(n => n.Total)];
    }

    private static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    private static void Print(Invocation invocation, Timing timing, ImmutableArray<NodeProfile> profile)
    {
        invocation.Table(["", "ms"],
        [
            ["load", Ms(timing.Load)],
            ["load and first run", Ms(timing.LoadAndFirst)],
            .. timing.EarlyRuns.Select(run => new[] { $"run {run.Number}", Ms(run.Ms) }),
            ["fastest run", Ms(timing.Min)],
            ["median run", Ms(timing.Median)],
            ["slowest run", Ms(timing.Max)],
        ]);
        invocation.Output.WriteLine(
            $"arena {timing.ArenaBytes:N0} bytes (no arrangement needs less than {timing.ArenaLowerBound:N0}), "
            + $"process at most {timing.PeakBytes:N0} bytes, after all runs {timing.GrowthBytes:N0} more than before loading");
        if (profile.IsEmpty) return;
        double total = profile.Sum(n => n.Total.TotalMilliseconds);
        invocation.Table(["node", "ms a run", "%"], profile.Select(n => new[]
        {
            n.Description, Ms(n.Total.TotalMilliseconds / n.Runs),
                (100 * n.Total.TotalMilliseconds / total).ToString("F1", CultureInfo.InvariantCulture),
        }));
        invocation.Table(["operator", "ms", "%"], profile.GroupBy(n => n.Operator)
            .Select(g => (g.Key, Sum: g.Sum(n => n.Total.TotalMilliseconds)))
            .OrderByDescending(g => g.Sum)
            .Select(g => new[] { g.Key, Ms(g.Sum / invocation.Get(s_runs)),
                (100 * g.Sum / total).ToString("F1", CultureInfo.InvariantCulture) }));
    }

    private static string Ms(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static void WriteJson(Invocation invocation, Timing timing, ImmutableArray<NodeProfile> profile) =>
        invocation.Json(json =>
    {
        json.WriteString("model", invocation.Get(s_model));
        json.WriteString("kernels", invocation.Get(s_kernels));
        json.WriteNumber("threads", invocation.Get(s_threads));
        json.WriteNumber("load_ms", timing.Load);
        json.WriteNumber("load_and_first_ms", timing.LoadAndFirst);
        foreach (var (number, ms) in timing.EarlyRuns) json.WriteNumber($"run_{number}_ms", ms);
        json.WriteNumber("min_ms", timing.Min);
        json.WriteNumber("median_ms", timing.Median);
        json.WriteNumber("max_ms", timing.Max);
        json.WriteNumber("runs", timing.Runs.Length);
        json.WriteNumber("arena_bytes", timing.ArenaBytes);
        json.WriteNumber("arena_lower_bound_bytes", timing.ArenaLowerBound);
        json.WriteNumber("growth_bytes", timing.GrowthBytes);
        json.WriteNumber("peak_bytes", timing.PeakBytes);
        if (profile.IsEmpty) return;
        json.Array("nodes", profile, (j, node) =>
        {
            j.WriteStartObject();
            j.WriteNumber("subgraph", node.Subgraph);
            j.WriteNumber("node", node.Node);
            j.WriteString("operator", node.Operator);
            j.WriteNumber("runs", node.Runs);
            j.WriteNumber("ms", node.Total.TotalMilliseconds / node.Runs);
            j.WriteEndObject();
        });
    });

    /// <summary>Times in milliseconds; those of the runs are sorted.</summary>
    private sealed record Timing(double Load, double LoadAndFirst, List<double> Early, double[] Runs, long ArenaBytes, long ArenaLowerBound,
        long GrowthBytes, long PeakBytes)
    {
        public IEnumerable<(int Number, double Ms)> EarlyRuns => s_early.Where(n => n <= Early.Count).Select(n => (n, Early[n - 1]));

        public double Min => Runs[0];

        public double Median => Runs[Runs.Length / 2];

        public double Max => Runs[^1];
    }
}
