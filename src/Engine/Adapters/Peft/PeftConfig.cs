using System.Text;
using System.Text.Json;

namespace Graft.Adapters.Peft;

/// <summary>
/// An <c>adapter_config.json</c>, read strictly: every key that is not harmless must be asked for by the method that reads the adapter,
/// or it is refused, since a key that changes the meaning must not be dropped.
/// </summary>
internal sealed class PeftConfig
{
    /// <summary>No configuration in use comes near this; larger ones only cost memory.</summary>
    private const int BytesMax = 8 << 20;

    private const int DepthMax = 16;

    /// <summary>Keys that say nothing about the arithmetic of inference: provenance, training, initialisation of what is stored.</summary>
    private static readonly HashSet<string> Harmless =
    [
        "auto_mapping", "base_model_name_or_path", "revision", "task_type", "inference_mode", "peft_version", "megatron_config", "megatron_core",
        "runtime_config", "corda_config", "eva_config", "lora_ga_config", "loftq_config", "lora_dropout", "module_dropout", "rank_dropout", "init_weights",
        "progressbar", "low_cpu_mem_usage", "ensure_weight_tying", "velora_config", "monteclora_config",
    ];

    private readonly Dictionary<string, JsonElement> _values;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private PeftConfig(string path, Dictionary<string, JsonElement> values)
    {
        Path = path;
        _values = values;
    }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <exception cref="AdapterException">The file is missing, too large, or no JSON object; or a key appears twice.</exception>
    public static PeftConfig Open(string path)
    {
        if (!File.Exists(path)) throw new AdapterException($"{path}: there is no such file; an adapter folder has one");
        if (new FileInfo(path).Length is var length && length > BytesMax) throw new AdapterException($"{path}: {length} bytes exceed the limit of {BytesMax}");
        return Parse(path, File.ReadAllBytes(path));
    }

    public static PeftConfig Parse(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!JsonDocument.TryParseValue(ref reader, out var document)) throw new AdapterException($"{path}: the file is empty");
            if (reader.Read()) throw new AdapterException($"{path}: text after the JSON object");
            using (document)
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object) throw new AdapterException($"{path}: the file holds {document.RootElement.ValueKind}, not an object");
                return new(path, Values(path, document.RootElement));
            }
        }
        catch (JsonException e)
        {
            throw new AdapterException($"{path}: not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Present, and not null.</summary>
    public bool Has(string key)
    {
        _read.Add(key);
        return _values.TryGetValue(key, out var value) && value.ValueKind != JsonValueKind.Null;
    }

    public string? Text(string key) => Value(key) is not { } value ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, value, "a string");

    public bool Flag(string key, bool absent = false) => Value(key) is not { } value ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, value, "true or false");

    public double? Number(string key) => Value(key) is { } value ? Number(key, value) : null;

    public int? Integer(string key) => Value(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(key, value, "an integer of 32 bits");

    /// <summary>A positive integer.</summary>
    public int Count(string key, int absent)
    {
        int value = Integer(key) ?? absent;
        return value > 0 ? value : throw new AdapterException($"{Path}: \"{key}\" is {value}; it must be positive");
    }

    /// <summary>A list of strings; a single string counts as null here: see <see cref="Text"/>.</summary>
    public string[]? List(string key)
    {
        if (Value(key) is not { ValueKind: JsonValueKind.Array } value) return null;
        return [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(key, e, "a list of strings"))];
    }

    /// <summary>A list of integers; null when the key holds an object instead, or nothing.</summary>
    public int[]? Integers(string key) => Value(key) is { ValueKind: not JsonValueKind.Object } value ? Integers(key, value) : null;

    /// <summary>The list of integers of a member.</summary>
    public int[] Integers(string key, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(key, value, "a list of integers");
        return [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int i) ? i : throw Wrong(key, e, "an integer"))];
    }

    public bool IsObject(string key) => Value(key) is { ValueKind: JsonValueKind.Object };

    public bool IsText(string key) => Value(key) is { ValueKind: JsonValueKind.String };

    /// <summary>The members of an object in file order, which decides between patterns.</summary>
    public IReadOnlyList<(string Key, JsonElement Value)> Members(string key)
    {
        if (Value(key) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(key, value, "an object");
        return [.. value.EnumerateObject().Select(p => (p.Name, p.Value))];
    }

    /// <summary>An object inside this one, read as strictly; null when the key is absent or null.</summary>
    public PeftConfig? Section(string key) => Value(key) is { } value ? Section(key, value) : null;

    /// <summary>The objects of a list.</summary>
    public PeftConfig[] Sections(string key)
    {
        if (Value(key) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(key, value, "a list of objects");
        return [.. value.EnumerateArray().Select((v, i) => Section($"{key}[{i}]", v))];
    }

    /// <summary>A number of a member.</summary>
    public double Number(string key, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
        ? number : throw Wrong(key, value, "a finite number");

    /// <summary>States that a key has been dealt with.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys) _read.Add(key);
    }

    /// <summary>Refuses a key that is set to anything but null, false, or an empty list or object.</summary>
    public void Refuse(string key, string reason)
    {
        if (Value(key) is not { } value || IsEmpty(value)) return;
        throw new AdapterException($"{Path}: \"{key}\" is {Shown(value)}: {reason}");
    }

    /// <summary>Refuses keys that nobody read and that mean something.</summary>
    public void CheckAllRead()
    {
        foreach (var (key, value) in _values)
        {
            if (_read.Contains(key) || Harmless.Contains(key) || IsEmpty(value)) continue;
            throw new AdapterException($"{Path}: unknown key \"{key}\": {Shown(value)}; it may change what the adapter means");
        }
    }

    private static Dictionary<string, JsonElement> Values(string path, JsonElement from)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in from.EnumerateObject())
        {
            if (!values.TryAdd(property.Name, property.Value.Clone())) throw new AdapterException($"{path}: \"{property.Name}\" appears twice");
        }
        return values;
    }

    private PeftConfig Section(string key, JsonElement value) => value.ValueKind == JsonValueKind.Object ? new($"{Path}: \"{key}\"", Values(Path, value))
        : throw Wrong(key, value, "an object");

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "..." : value.GetRawText();

    private JsonElement? Value(string key)
    {
        _read.Add(key);
        return _values.TryGetValue(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private AdapterException Wrong(string key, JsonElement value, string expected) => new($"{Path}: \"{key}\" is {Shown(value)}, not {expected}");
}
