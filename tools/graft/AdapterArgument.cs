using System.CommandLine;
using System.Globalization;

namespace Graft.Cli;

/// <summary>Adapters as they are named on the command line, <c>DIR</c> or <c>DIR=SCALE</c>, and what tells where they belong.</summary>
internal static class AdapterArgument
{
    public static Option<string[]> Option(string description) => new("--adapter") { Description = description, HelpName = "DIR[=SCALE]" };

    public static Option<string?> Map() => new("--map") { Description = "A binding map that 'graft adapter bind' wrote.", HelpName = "FILE" };

    public static Option<string?> Base() => new("--base") { Description = "The weights of the base that the adapter was trained on: a .safetensors file, or its Hugging Face folder.", HelpName = "PATH" };

    /// <summary>The adapter, or the one that several make together; null for none.</summary>
    public static Adapter? Load(Model model, IReadOnlyList<string> arguments, string? map, string? weights)
    {
        if (arguments.Count == 0) return null;
        if (arguments.Count == 1) return LoadOne(model, arguments[0], map, weights);
        var loaded = new List<(Adapter Adapter, float Scale)>();
        try
        {
            foreach (string argument in arguments)
            {
                var (folder, scale) = Parse(argument);
                loaded.Add((model.LoadAdapter(folder, new() { BindingMap = map, BaseWeights = weights }), scale));
            }
            return model.CombineAdapters(string.Join('+', loaded.Select(l => l.Adapter.Name)), [.. loaded]);
        }
        finally
        {
            foreach (var (adapter, _) in loaded) adapter.Dispose();
        }
    }

    public static Adapter LoadOne(Model model, string argument, string? map, string? weights)
    {
        var (folder, scale) = Parse(argument);
        return model.LoadAdapter(folder, new() { BindingMap = map, BaseWeights = weights, Scale = scale });
    }

    /// <summary>The path and the number behind it, 1 where there is none.</summary>
    public static (string Path, float Scale) Parse(string argument)
    {
        int at = argument.LastIndexOf('=');
        if (at < 0 || Path.Exists(argument)) return (argument, 1);
        return float.TryParse(argument[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out float scale) && float.IsFinite(scale) ? (argument[..at], scale)
            : throw new ArgumentException($"'{argument}': '{argument[(at + 1)..]}' is no scale; write DIR=SCALE with a number");
    }
}
