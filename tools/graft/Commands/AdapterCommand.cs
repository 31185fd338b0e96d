using System.CommandLine;
using System.Globalization;

namespace Graft.Cli.Commands;

/// <summary><c>graft adapter</c>: finds out where adapters belong, and what they do there.</summary>
internal static class AdapterCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Argument<string> s_adapter = new("ADAPTER") { Description = "A folder with adapter_config.json and adapter_model.safetensors." };
    private static readonly Option<string?> s_base = AdapterArgument.Base();
    private static readonly Option<string?> s_map = AdapterArgument.Map();
    private static readonly Option<string?> s_nodes = new("--nodes")
    {
        Description = "Instead of --base: a list that the exporter wrote of which node is which module (.json; docs/adapters.md has its form).",
        HelpName = "FILE",
    };
    private static readonly Option<string> s_out = new("--out", "-o") { Description = "Where the map goes.", HelpName = "FILE", Required = true };

    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<int> s_runs = Choices.Count("--runs", 100, "Pairs of runs that are timed.");

    public static Command Create()
    {
        var command = new Command("adapter", "Binds adapters to models and shows what they do.");
        command.Add(Verb.Create("bind", "Writes the map of which layers of a model are which modules of a base, by the values of its weights or from a list.", [s_model, s_base, s_nodes, s_out], Bind));
        command.Add(Verb.Create("inspect", "Loads an adapter and lists what it is bound to.", [s_model, s_adapter, s_map, s_base], Inspect));
        command.Add(Verb.Create("bench", "Times attaching an adapter, switching to it, running with it and merging it.", [s_model, s_adapter, s_map, s_base, s_threads, s_runs], Bench));
        return command;
    }

    private static int Bench(Invocation invocation) => AdapterBench.Run(invocation, invocation.Get(s_model), invocation.Get(s_adapter),
        new() { BindingMap = invocation.Get(s_map), BaseWeights = invocation.Get(s_base) }, invocation.Get(s_threads), invocation.Get(s_runs));

    private static int Bind(Invocation invocation)
    {
        string? weights = invocation.Get(s_base), nodes = invocation.Get(s_nodes);
        if (weights is null == nodes is null)
            throw new ArgumentException("one of --base and --nodes is needed: the map is made by comparing the model with the base's weights, or of the exporter's list");
        string path = invocation.Get(s_model), map = invocation.Get(s_out)!;
        using var model = Model.Load(path);
        int count = nodes is null ? model.WriteBindingMap(weights!, map) : NodeList.WriteBindingMap(model, path, nodes, map);
        if (invocation.IsJson) invocation.Json(json => json.WriteNumber("modules", count));
        else invocation.Output.WriteLine($"{count} modules bound {(nodes is null ? "by their values" : "as listed")}: {map}");
        return ExitCode.Success;
    }

    private static int Inspect(Invocation invocation)
    {
        using var model = Model.Load(invocation.Get(s_model));
        using var adapter = model.LoadAdapter(invocation.Get(s_adapter), new() { BindingMap = invocation.Get(s_map), BaseWeights = invocation.Get(s_base) });
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
            });
            return ExitCode.Success;
        }
        invocation.Output.WriteLine($"{adapter.Name}: {adapter.Method}, {adapter.ByteCount.ToString("N0", CultureInfo.InvariantCulture)} bytes packed");
        invocation.Table(["module", "node", "evidence"], adapter.Modules.Select(m => new[] { m.Name, m.Node, m.Evidence }));
        return ExitCode.Success;
    }
}
