using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Graft.Cli.Commands;

/// <summary><c>graft adapter</c>: finds out where adapters belong, and what they do there.</summary>
internal static class AdapterCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Argument<string> s_adapter = new("ADAPTER") { Description = "A folder of PEFT or AdapterHub, or a GGUF, .onnx_adapter or LiteRT-LM file." };
    private static readonly Option<string?> s_base = AdapterArgument.Base();
    private static readonly Option<string?> s_map = AdapterArgument.Map();
    private static readonly Option<string?> s_nodes = new("--nodes")
    {
        Description = "Instead of --base: a list that the exporter wrote of which node is which module (.json; docs/adapters.md has its form).",
        HelpName = "FILE",
    };
    private static readonly Option<string> s_out = new("--out", "-o") { Description = "Where the map goes.", HelpName = "FILE", Required = true };

    private static readonly Option<int> s_headSize = Choices.HeadSize();
    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<int> s_runs = Choices.Count("--runs", 100, "Pairs of runs that are timed.");

    public static Command Create()
    {
        var command = new Command("adapter", "Binds adapters to models, shows what they do, and converts and combines them.");
        command.Add(Verb.Create("bind", "Writes the map of which layers of a model are which modules of a base, by the values of its weights or from a list.", [s_model, s_base, s_nodes, s_out], Bind));
        command.Add(Verb.Create("inspect", "Loads an adapter, lists what it is bound to, and shows its effect on made-up inputs.", [s_model, s_adapter, s_map, s_base, s_headSize], Inspect));
        command.Add(Verb.Create("bench", "Times attaching an adapter, switching to it, running with it and merging it.", [s_model, s_adapter, s_map, s_base, s_headSize, s_threads, s_runs], Bench));
        foreach (var verb in AdapterFilesCommand.Create()) command.Add(verb);
        return command;
    }

    private static int Bench(Invocation invocation) => AdapterBench.Run(invocation, invocation.Get(s_model), invocation.Get(s_adapter), Options(invocation), invocation.Get(s_threads), invocation.Get(s_runs));

    private static AdapterOptions Options(Invocation invocation) =>
        new() { BindingMap = invocation.Get(s_map), BaseWeights = invocation.Get(s_base), HeadSize = invocation.Get(s_headSize) };

    private static int Bind(Invocation invocation)
    {
        string? weights = invocation.Get(s_base), nodes = invocation.Get(s_nodes);
        if (weights is null == nodes is null)
            throw new ArgumentException("one of --base and --nodes is needed: the map is made by comparing the model with the base's weights, or of the exporter's list");
        string path = invocation.Get(s_model), map = invocation.Get(s_out)!;
        using var model = Model.Load(path);
        var report = nodes is null ? model.WriteBindingMap(weights!, map) : new BindingReport(NodeList.WriteBindingMap(model, path, nodes, map), []);
        if (invocation.IsJson)
        {
            invocation.Json(json =>
            {
                json.WriteNumber("modules", report.Bound);
                json.Array("unbound", report.Unbound, (j, u) =>
                {
                    j.WriteStartObject();
                    j.WriteString("module", u.Name);
                    j.WriteString("reason", u.Reason);
                    j.WriteEndObject();
                });
            });
            return ExitCode.Success;
        }
        invocation.Output.WriteLine($"{report.Bound} modules bound {(nodes is null ? "by their values" : "as listed")}: {map}");
        if (!report.Unbound.IsEmpty) invocation.Output.WriteLine("not bound, so that adapters which change them are refused:");
        foreach (var module in report.Unbound) invocation.Output.WriteLine($"  {module.Name}: {module.Reason}");
        return ExitCode.Success;
    }

    private static int Inspect(Invocation invocation)
    {
        using var model = Model.Load(invocation.Get(s_model));
        using var adapter = model.LoadAdapter(invocation.Get(s_adapter), Options(invocation));
        var effect = AdapterEffect.Of(model, adapter, seed: 0, invocation.Cancellation);
        if (invocation.IsJson)
        {
            invocation.Json(json =>
            {
                json.WriteString("name", adapter.Name);
                json.WriteString("method", adapter.Method);
                json.WriteNumber("bytes", adapter.ByteCount);
                json.Array("modules", adapter.Modules, (j, m) =>
                {
                    j.WriteStartObject();
                    j.WriteString("module", m.Name);
                    j.WriteString("node", m.Node);
                    j.WriteString("evidence", m.Evidence);
                    j.WriteEndObject();
                });
                WriteJson(json, effect);
            });
            return ExitCode.Success;
        }
        invocation.Output.WriteLine($"{adapter.Name}: {adapter.Method}, {adapter.ByteCount.ToString("N0", CultureInfo.InvariantCulture)} bytes packed");
        invocation.Table(["module", "node", "evidence"], adapter.Modules.Select(m => new[] { m.Name, m.Node, m.Evidence }));
        Print(invocation, effect);
        return ExitCode.Success;
    }

    private static void Print(Invocation invocation, AdapterEffect effect)
    {
        foreach (var output in effect.Outputs)
        {
            string bad = output.NotFinite == 0 ? "" : $"; {output.NotFinite} elements are no finite numbers";
            invocation.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on made-up inputs {output.Name} moves by {output.Change:P1} of its norm{bad}"));
        }
        foreach (var one in effect.Saturations)
            invocation.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at the ends of their range: {one.Node}, {one.With:P2} of its integers (without {one.Without:P2})"));
    }

    private static void WriteJson(Utf8JsonWriter json, AdapterEffect effect)
    {
        json.Array("outputs", effect.Outputs, (j, o) =>
        {
            j.WriteStartObject();
            j.WriteString("name", o.Name);
            if (double.IsFinite(o.Change)) j.WriteNumber("relative_change", o.Change);
            else j.WriteNull("relative_change");
            j.WriteNumber("not_finite", o.NotFinite);
            j.WriteEndObject();
        });
        json.Array("saturations", effect.Saturations, (j, s) =>
        {
            j.WriteStartObject();
            j.WriteString("node", s.Node);
            j.WriteNumber("without", s.Without);
            j.WriteNumber("with", s.With);
            j.WriteEndObject();
        });
    }
}
