using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Graft.Cli;

/// <summary>Adapters as they are named on the command line, <c>DIR</c> or <c>DIR=SCALE</c>, and the options that tell where they belong and what may be missing.</summary>
internal static class AdapterArgument
{
    public static readonly Option<string?> Base = new("--base")
    {
        Description = "The weights of the base that the adapter was trained on: a .safetensors file, or its Hugging Face folder.",
        HelpName = "PATH",
    };

    public static readonly Option<int> HeadSize = new("--head-size") { Description = "Channels of an attention head of the base: GGUF files of Llama need it.", HelpName = "N" };

    public static readonly Option<string?> KeyMapping = new("--key-mapping")
    {
        Description = "A JSON object of regular expressions and replacements for the names of a PEFT adapter's tensors, as PEFT's key_mapping.",
        HelpName = "FILE",
    };

    public static readonly Option<bool> Partial = new("--partial") { Description = "Leave out modules of the adapter that the model does not have, and list them." };
    public static readonly Option<bool> AllowInactive = new("--allow-inactive") { Description = "Accept an adapter that changes nothing." };

    private static readonly Option<string?> s_map = new("--map") { Description = "A binding map that 'graft adapter bind' wrote.", HelpName = "FILE" };

    public static Option<string[]> Option(string description) => new("--adapter") { Description = description, HelpName = "DIR[=SCALE]" };

    /// <summary>Options of every command that loads adapters.</summary>
    public static Symbol[] Options { get; } = [s_map, Base, HeadSize, KeyMapping, Partial, AllowInactive];

    public static AdapterOptions Read(Invocation invocation, float scale = 1, string? map = null) => new()
    {
        BindingMap = map ?? invocation.Get(s_map),
        BaseWeights = invocation.Get(Base),
        HeadSize = invocation.Get(HeadSize),
        KeyMapping = invocation.Get(KeyMapping) is { } file ? Rules(file) : [],
        Partial = invocation.Get(Partial),
        AllowInactive = invocation.Get(AllowInactive),
        Scale = scale,
    };

    /// <summary>The adapter, or the one that several make together; null for none.</summary>
    public static Adapter? Load(Model model, IReadOnlyList<string> arguments, Invocation invocation)
    {
        if (arguments.Count == 0) return null;
        if (arguments.Count == 1) return LoadOne(model, arguments[0], invocation);
        var loaded = new List<(Adapter Adapter, float Scale)>();
        try
        {
            foreach (string argument in arguments)
            {
                var (path, scale) = Parse(argument);
                loaded.Add((Load(model, path, invocation, scale: 1), scale));
            }
            return model.CombineAdapters(string.Join('+', loaded.Select(l => l.Adapter.Name)), [.. loaded]);
        }
        finally
        {
            foreach (var (adapter, _) in loaded) adapter.Dispose();
        }
    }

    public static Adapter LoadOne(Model model, string argument, Invocation invocation)
    {
        var (path, scale) = Parse(argument);
        return Load(model, path, invocation, scale);
    }

    /// <summary>Loads an adapter, and tells what <c>--partial</c> left out of it.</summary>
    public static Adapter Load(Model model, string path, Invocation invocation, float scale = 1, string? map = null)
    {
        var adapter = model.LoadAdapter(path, Read(invocation, scale, map));
        if (!adapter.Dropped.IsEmpty) invocation.Error.WriteLine($"{adapter.Name}: left out, since the model does not have them: {string.Join(", ", adapter.Dropped)}");
        return adapter;
    }

    private static ImmutableArray<(string Pattern, string Replacement)> Rules(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.GetString() ?? throw new JsonException($"\"{p.Name}\" is replaced by null")))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"{path}: not a JSON object of patterns and replacements: {e.Message}", e);
        }
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
