using System.Globalization;

namespace Graft.Cli;

/// <summary>Adapters as they are named on the command line: <c>DIR</c> or <c>DIR=SCALE</c>.</summary>
internal static class AdapterArgument
{
    /// <summary>The adapter, or the one that several make together; null for none.</summary>
    public static Adapter? Load(Model model, IReadOnlyList<string> arguments, string? map)
    {
        if (arguments.Count == 0) return null;
        var loaded = new List<(Adapter Adapter, float Scale)>();
        try
        {
            foreach (string argument in arguments)
            {
                var (folder, scale) = Parse(argument);
                loaded.Add((model.LoadAdapter(folder, new() { BindingMap = map, Scale = arguments.Count == 1 ? scale : 1 }), scale));
            }
            if (loaded.Count > 1) return model.CombineAdapters(string.Join('+', loaded.Select(l => l.Adapter.Name)), [.. loaded]);
            var (only, _) = loaded[0];
            loaded.Clear();
            return only;
        }
        finally
        {
            foreach (var (adapter, _) in loaded) adapter.Dispose();
        }
    }

    private static (string Folder, float Scale) Parse(string argument)
    {
        int at = argument.LastIndexOf('=');
        if (at < 0 || Directory.Exists(argument)) return (argument, 1);
        return float.TryParse(argument[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out float scale) && float.IsFinite(scale) ? (argument[..at], scale)
            : throw new ArgumentException($"'{argument}': '{argument[(at + 1)..]}' is no scale; write DIR=SCALE with a number");
    }
}
