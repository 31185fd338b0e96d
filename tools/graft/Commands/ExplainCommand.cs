using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Graft.Cli.Explaining;
using Graft.Kernels.Simd;

namespace Graft.Cli.Commands;

/// <summary><c>graft explain</c>: for every node what computes it, how long it takes, and how near that is to what the machine can do.</summary>
internal static class ExplainCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<int> s_runs = Choices.Count("--runs", 50, "Runs that are timed.");
    private static readonly Option<string?> s_signature = Choices.Signature();
    private static readonly Option<string?> s_html = new("--html") { Description = "Write a report with pictures to this file: one page that needs nothing else.", HelpName = "FILE" };

    public static Command Create() =>
        Verb.Create("explain", "Tells for every node its kernel, threads, time, rates, and the share of the machine's limit.", [s_model, s_threads, s_runs, s_signature, s_html], Run);

    private static int Run(Invocation invocation)
    {
        int threads = invocation.Get(s_threads);
        using var model = Model.Load(invocation.Get(s_model));
        using var interpreter = new Interpreter(model, new() { Threads = threads, Profile = true });
        var entry = new EntryPoint(interpreter, invocation.Get(s_signature));
        SeededInputs.Fill(entry, seed: 0);
        entry.Invoke(invocation.Cancellation);
        var limits = MachineLimits.Measure(threads, invocation.Cancellation);
        var profile = Profiling.Measure(invocation, interpreter, entry, invocation.Get(s_runs));
        var nodes = NodeFacts.Of(entry, profile, threads, limits);
        if (invocation.Get(s_html) is { } path && !nodes.IsEmpty) File.WriteAllText(path, HtmlReport.Make($"{Path.GetFileName(invocation.Get(s_model))}, {threads} thread(s)", Machine(limits), nodes, limits));
        if (invocation.IsJson) WriteJson(invocation, nodes, limits);
        else Print(invocation, nodes, limits);
        return ExitCode.Success;
    }

    private static string[] Machine(MachineLimits limits) =>
    [
        $"instructions {Isa.Name}",
        string.Create(CultureInfo.InvariantCulture, $"at most {2e-9 * limits.FloatProducts:F1} GFLOP/s of floats, {2e-9 * limits.IntegerProducts:F1} GOP/s of integers"),
        "copies: " + string.Join(", ", limits.Copies.Select(c => string.Create(CultureInfo.InvariantCulture, $"{1e-9 * c.Rate:F0} GB/s of {c.Bytes >> 10} KB"))),
    ];

    private static void Print(Invocation invocation, ImmutableArray<NodeFacts> nodes, MachineLimits limits)
    {
        foreach (string line in Machine(limits)) invocation.Output.WriteLine(line);
        double total = nodes.Sum(n => n.Seconds);
        invocation.Table(["node", "operator", "kernel", "threads", "us a run", "%", "GFLOP/s", "GB/s", "% of limit", "limited by"], nodes.OrderByDescending(n => n.Seconds).Select(n => new[]
        {
            $"{n.Node}", n.Operators, n.Kernel, $"{n.Threads}", Number(1e6 * n.Seconds), Number(100 * n.Seconds / total), n.Products > 0 ? Number(n.GigaFlops) : "", Number(n.GigaBytes),
            Number(100 * n.Share), n.IsBoundByMemory ? "memory" : "products",
        }));
        invocation.Output.WriteLine($"{nodes.Length} nodes, {Pictures.Micros(total)} a run, measured node by node");
        if (invocation.Get(s_html) is { } path) invocation.Output.WriteLine(nodes.IsEmpty ? "no node runs, so there is no report" : $"report: {path}");
    }

    private static string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private static void WriteJson(Invocation invocation, ImmutableArray<NodeFacts> nodes, MachineLimits limits) => invocation.Json(json =>
    {
        json.WriteString("model", invocation.Get(s_model));
        json.WriteNumber("threads", invocation.Get(s_threads));
        json.WriteString("instructions", Isa.Name);
        json.WriteNumber("float_gflops_limit", 2e-9 * limits.FloatProducts);
        json.WriteNumber("integer_gops_limit", 2e-9 * limits.IntegerProducts);
        json.Array("copies", limits.Copies, (j, copy) =>
        {
            j.WriteStartObject();
            j.WriteNumber("bytes", copy.Bytes);
            j.WriteNumber("gbytes_per_second", 1e-9 * copy.Rate);
            j.WriteEndObject();
        });
        json.Array("nodes", nodes, (j, node) =>
        {
            j.WriteStartObject();
            j.WriteNumber("node", node.Node);
            j.WriteString("operator", node.Operators);
            j.WriteString("output", node.Name);
            j.WriteString("kernel", node.Kernel);
            j.WriteNumber("threads", node.Threads);
            j.WriteNumber("us", 1e6 * node.Seconds);
            j.WriteNumber("products", node.Products);
            j.WriteNumber("bytes", node.Bytes);
            j.WriteNumber("gflops", node.GigaFlops);
            j.WriteNumber("gbytes_per_second", node.GigaBytes);
            j.WriteNumber("share_of_limit", node.Share);
            j.WriteString("limited_by", node.IsBoundByMemory ? "memory" : "products");
            j.WriteEndObject();
        });
    });
}
