using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Graft.Cli.Commands;

/// <summary><c>graft adapter</c>: finds out where adapters belong, and what they do there.</summary>
internal static class AdapterCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Argument<string> s_adapter = new("ADAPTER") { Description = "A folder of PEFT or AdapterHub, or a GGUF, .onnx_adapter or LiteRT-LM file." };
    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<int> s_runs = Choices.Count("--runs", 100, "Pairs of runs that are timed.");

    public static Command Create()
    {
        var command = new Command("adapter", "Binds adapters to models, shows what they do, and converts and combines them.");
        command.Add(AdapterBindCommand.Create());
        command.Add(Verb.Create("inspect", "Loads an adapter, lists what it is bound to, and shows its effect on made-up inputs.", [s_model, s_adapter, .. AdapterArgument.Options], Inspect));
        command.Add(Verb.Create("bench", "Times attaching an adapter, switching to it, running with it and merging it.", [s_model, s_adapter, .. AdapterArgument.Options, s_threads, s_runs], Bench));
        foreach (var verb in AdapterFilesCommand.Create()) command.Add(verb);
        return command;
    }

    private static int Bench(Invocation invocation) => AdapterBench.Run(invocation, invocation.Get(s_model), invocation.Get(s_adapter), AdapterArgument.Read(invocation), invocation.Get(s_threads), invocation.Get(s_runs));

    private static int Inspect(Invocation invocation)
    {
        using var model = Model.Load(invocation.Get(s_model));
        using var adapter = AdapterArgument.Load(model, invocation.Get(s_adapter), invocation);
        var effect = AdapterEffect.Of(model, adapter, seed: 0, invocation.Cancellation);
        if (invocation.IsJson)
        {
            invocation.Json(json =>
            {
                json.WriteString("name", adapter.Name);
                json.WriteString("method", adapter.Method);
                json.WriteNumber("bytes", adapter.ByteCount);
                AdapterModules.Write(json, adapter.Modules);
                WriteJson(json, effect);
            });
            return ExitCode.Success;
        }
        invocation.Output.WriteLine($"{adapter.Name}: {adapter.Method}, {adapter.ByteCount.ToString("N0", CultureInfo.InvariantCulture)} bytes packed");
        AdapterModules.Print(invocation, adapter.Modules);
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
