using System.Text.Json;

namespace Graft.Conformance.Reading;

/// <summary>
/// The metadata <c>inputs</c> or <c>outputs</c> in its forms: a list for the main subgraph; a list whose entries name
/// their signature; an object with a list for each signature; or <c>signatures</c>, an object of both lists for each.
/// </summary>
internal sealed class Descriptions
{
    private const string Main = "";

    private readonly Dictionary<string, List<TensorDescription>> _bySignature = [];

    private Descriptions()
    {
    }

    /// <summary>True when the metadata has a list, and it is empty.</summary>
    public bool IsDeclaredEmpty { get; private init; }

    /// <param name="kind"><c>inputs</c> or <c>outputs</c>.</param>
    public static Descriptions Read(IReadOnlyDictionary<string, string> metadata, string kind)
    {
        using var list = Parse(metadata, kind);
        using var signatures = Parse(metadata, "signatures");
        var found = new Descriptions { IsDeclaredEmpty = list?.RootElement is { ValueKind: JsonValueKind.Array } a
            && a.GetArrayLength() == 0 };
        if (list?.RootElement is { } root) found.AddList(root);
        if (signatures?.RootElement is { ValueKind: JsonValueKind.Object } all)
        {
            foreach (var signature in all.EnumerateObject())
            {
                if (signature.Value.TryGetProperty(kind, out var entries)) found.Add(signature.Name, entries);
            }
        }
        return found;
    }

    /// <summary>
    /// The description of a signature's (sorted by name) or of the main subgraph's input or output; null where there is
    /// none.
    /// </summary>
    public TensorDescription? Find(string? signature, int index) =>
        _bySignature.TryGetValue(signature ?? Main, out var list) && index < list.Count ? list[index] : null;

    private static JsonDocument? Parse(IReadOnlyDictionary<string, string> metadata, string key)
    {
        if (!metadata.TryGetValue(key, out string? text)) return null;
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new GoldenException($"metadata {key} is not valid JSON: {e.Message}");
        }
    }

    private void AddList(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var signature in root.EnumerateObject()) Add(signature.Name, signature.Value);
            return;
        }
        foreach (var entry in root.EnumerateArray())
        {
            bool named = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("signature", out _);
            Append(named ? entry.GetProperty("signature").GetString()! : Main, entry);
        }
        foreach (var (signature, list) in _bySignature)
        {
            if (signature != Main) list.Sort(ByName);
        }
    }

    private void Add(string signature, JsonElement entries)
    {
        foreach (var entry in entries.EnumerateArray()) Append(signature, entry);
        if (_bySignature.TryGetValue(signature, out var list)) list.Sort(ByName);
    }

    private static int ByName(TensorDescription a, TensorDescription b) => string.CompareOrdinal(a.Name, b.Name);

    private void Append(string signature, JsonElement entry)
    {
        if (!_bySignature.TryGetValue(signature, out var list)) _bySignature[signature] = list = [];
        list.Add(TensorDescription.Read(entry));
    }
}
