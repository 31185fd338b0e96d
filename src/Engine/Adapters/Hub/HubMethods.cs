using Graft.Adapters.Form;
using Graft.Adapters.Methods;

namespace Graft.Adapters.Hub;

/// <summary>The methods of AdapterHub, by the <c>architecture</c> of a configuration; several of them may be joined to a union.</summary>
internal static class HubMethods
{
    private const string Lora = "lora", Union = "union";

    /// <summary>Architectures that are known and not done, and why.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["prefix_tuning"] = "prefix tuning of AdapterHub is not supported",
        ["prompt_tuning"] = "rows before the embeddings need another sequence length than the model has",
        ["reft"] = "which positions it changes depends on the attention mask, which a layer does not see",
        ["mtl_lora"] = "tasks of one adapter are not supported",
    };

    /// <exception cref="AdapterException">The method is unknown or not supported, or breaks a rule of its own.</exception>
    public static ImportedAdapter Read(HubSource source)
    {
        string architecture = source.Config.Text("architecture") ?? throw source.Problem("\"architecture\" is missing: bottleneck adapters are not supported");
        if (Refused.TryGetValue(architecture, out string? reason)) throw source.Problem($"\"architecture\" is \"{architecture}\": {reason}");
        var imported = architecture switch
        {
            Lora => HubLora.Read(source),
            Union => Joined(source),
            _ => throw source.Problem($"\"architecture\" is \"{architecture}\" (supported: {Lora}, {Union})"),
        };
        source.Config.CheckAllRead();
        return imported;
    }

    private static ImportedAdapter Joined(HubSource source)
    {
        var parts = source.Config.Sections("configs").Select(c => Read(source with { Config = c })).ToArray();
        if (parts.Length == 0) throw source.Problem("\"configs\" is empty: a union has members");
        return new("UNION", parts.Aggregate(MethodTraits.Additive, (t, p) => t & p.Traits), [.. parts.SelectMany(p => p.Changes)], 0);
    }
}
