using Graft.Adapters.Form;
using Graft.Adapters.Methods;

namespace Graft.Adapters.Hub;

/// <summary>The methods of AdapterHub, by the <c>architecture</c> of a configuration; several of them may be joined to a union.</summary>
internal static class HubMethods
{
    /// <summary>The one that has no name in files.</summary>
    private const string Bottleneck = "bottleneck";

    private const string Lora = "lora", Prefix = "prefix_tuning", Reft = "reft", Union = "union";

    /// <summary>Architectures that are known and not done, and why.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["prompt_tuning"] = "rows before the embeddings need another sequence length than the model has",
        ["mtl_lora"] = "tasks of one adapter are not supported",
    };

    /// <exception cref="AdapterException">The method is unknown or not supported, or breaks a rule of its own.</exception>
    public static ImportedAdapter Read(HubSource source)
    {
        string architecture = source.Config.Text("architecture") ?? Bottleneck;
        if (Refused.TryGetValue(architecture, out string? reason)) throw source.Problem($"\"architecture\" is \"{architecture}\": {reason}");
        var imported = architecture switch
        {
            Bottleneck when !source.Config.Has("architecture") => HubBottleneck.Read(source),
            Lora => HubLora.Read(source),
            Prefix => HubPrefix.Read(source),
            Reft => HubReft.Read(source),
            Union => Joined(source),
            _ => throw source.Problem($"\"architecture\" is \"{architecture}\" (supported: none for a bottleneck, {Lora}, {Prefix}, {Reft}, {Union})"),
        };
        source.Config.CheckAllRead();
        return imported;
    }

    /// <summary>The parts of a union, which act on different things or one after the other.</summary>
    private static ImportedAdapter Joined(HubSource source)
    {
        var parts = source.Config.Sections("configs").Select(c => Read(source with { Config = c })).ToArray();
        if (parts.Length == 0) throw source.Problem("\"configs\" is empty: a union has members");
        var prefixes = parts.Select(p => p.Prefix).OfType<KeyValuePrefix>().ToArray();
        if (prefixes.Length > 1) throw source.Problem("\"configs\" has more than one prefix");
        return new("UNION", parts.Aggregate(MethodTraits.Additive, (t, p) => t & p.Traits), [.. parts.SelectMany(p => p.Changes)], 0) { Prefix = prefixes.FirstOrDefault() };
    }
}
