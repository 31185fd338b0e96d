using System.Collections.Immutable;
using System.CommandLine;

namespace Graft.Cli.Commands;

/// <summary><c>graft adapter bind</c>: writes the map of which layers of a model are which modules of a base, once, for devices to use.</summary>
internal static class AdapterBindCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Argument<string?> s_adapter = new("ADAPTER")
    {
        Description = "An adapter that the map is for, which must fit. Without --base and --nodes, the names in the model tell where its modules are.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };

    private static readonly Option<string?> s_nodes = new("--nodes")
    {
        Description = "Instead of --base: a list that the exporter wrote of which node is which module (.json; docs/adapters.md has its form).",
        HelpName = "FILE",
    };

    private static readonly Option<string> s_out = new("--out", "-o") { Description = "Where the map goes.", HelpName = "FILE", Required = true };

    public static Command Create() => Verb.Create("bind", "Writes the map of which layers of a model are which modules of a base: by the values of its weights, from a list, or for one adapter by names.",
        [s_model, s_adapter, AdapterArgument.Base, s_nodes, s_out, AdapterArgument.HeadSize, AdapterArgument.KeyMapping, AdapterArgument.Partial, AdapterArgument.AllowInactive], Run);

    private static int Run(Invocation invocation)
    {
        string? adapter = invocation.Get(s_adapter), weights = invocation.Get(AdapterArgument.Base), nodes = invocation.Get(s_nodes);
        if (weights is not null && nodes is not null) throw new ArgumentException("--base and --nodes are two ways to make the map; give one of them");
        if (adapter is null && weights is null && nodes is null)
            throw new ArgumentException("one of --base, --nodes and ADAPTER is needed: the map is made by comparing the model with the base's weights, of the exporter's list, or by names for one adapter");
        string path = invocation.Get(s_model), map = invocation.Get(s_out)!;
        using var model = Model.Load(path);
        var report = nodes is not null ? new(NodeList.WriteBindingMap(model, path, nodes, map), [])
            : adapter is null ? model.WriteBindingMap(weights!, map) : default(BindingReport);
        ImmutableArray<AdapterModule> modules = adapter is null ? [] : Bind(invocation, model, adapter, nodes, map);
        Print(invocation, report, modules, map);
        return ExitCode.Success;
    }

    /// <summary>Loads the adapter, by the map that was made of a list, or else by values or names, and writes what it is bound by.</summary>
    private static ImmutableArray<AdapterModule> Bind(Invocation invocation, Model model, string path, string? nodes, string map)
    {
        using var adapter = AdapterArgument.Load(model, path, invocation, map: nodes is null ? null : map);
        if (nodes is null) adapter.WriteBindingMap(map);
        return adapter.Modules;
    }

    private static void Print(Invocation invocation, BindingReport? report, ImmutableArray<AdapterModule> modules, string map)
    {
        if (invocation.IsJson)
        {
            invocation.Json(json =>
            {
                if (report is not null) json.WriteNumber("bound", report.Bound);
                AdapterModules.Write(json, modules);
                json.Array("unbound", report?.Unbound ?? [], (j, u) =>
                {
                    j.WriteStartObject();
                    j.WriteString("module", u.Name);
                    j.WriteString("reason", u.Reason);
                    j.WriteEndObject();
                });
            });
            return;
        }
        if (!modules.IsEmpty) AdapterModules.Print(invocation, modules);
        invocation.Output.WriteLine(report is null ? $"the adapter's modules are bound: {map}" : $"{report.Bound} modules of the base are bound: {map}");
        if (report is not { Unbound.IsEmpty: false }) return;
        invocation.Output.WriteLine("not bound, so that adapters which change them are refused:");
        foreach (var module in report.Unbound) invocation.Output.WriteLine($"  {module.Name}: {module.Reason}");
    }
}
