using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Graft.Safetensors;

/// <summary>
/// What the header says of one tensor; offsets count from the end of the header and are not yet checked against the
/// data.
/// </summary>
internal readonly record struct HeaderEntry(string Name, SafetensorsDType Type, ImmutableArray<long> Shape, long Begin,
    long End);

/// <summary>
/// Reads the JSON header: an object of tensors, each with exactly dtype, shape and data_offsets, and optionally string
/// metadata.
/// </summary>
internal ref struct HeaderReader
{
    /// <summary>
    /// Longest name of a tensor, in UTF-8 bytes. Names in use have some hundred; longer ones only cost memory.
    /// </summary>
    public const int NameBytesMax = 4096;

    private const string MetadataKey = "__metadata__";

    // Root, tensor, array: nothing valid nests deeper.
    private const int DepthMax = 3;

    private readonly List<HeaderEntry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private Dictionary<string, string>? _metadata;
    private Utf8JsonReader _json;

    private HeaderReader(ReadOnlySpan<byte> header) =>
        _json = new(header, new JsonReaderOptions { MaxDepth = DepthMax });

    public static (IReadOnlyDictionary<string, string> Metadata,
        List<HeaderEntry> Entries) Read(ReadOnlySpan<byte> header)
    {
        if (header.IsEmpty || header[0] != '{')
            throw new SafetensorsException("the header is no JSON object: it must begin with '{'");
        if (!Utf8.IsValid(header)) throw new SafetensorsException("the header is not valid UTF-8");
        var reader = new HeaderReader(header);
        try
        {
            reader.ReadRoot();
        }
        catch (JsonException e)
        {
            throw new SafetensorsException($"the header is not valid JSON: {e.Message}", e);
        }
        return (reader._metadata ?? [], reader._entries);
    }

    private void ReadRoot()
    {
        _json.Read();
        while (NextProperty(out string key))
        {
            if (key == MetadataKey) ReadMetadata();
            else ReadTensor(key);
        }
        // A second value, or anything but white space, is an error that Read raises.
        _json.Read();
    }

    /// <summary>Moves to the next property of the present object; false at its end.</summary>
    private bool NextProperty(out string key)
    {
        _json.Read();
        key = _json.TokenType == JsonTokenType.PropertyName ? Text("a key") : "";
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    private void ReadMetadata()
    {
        if (_metadata is not null) throw new SafetensorsException($"{MetadataKey} appears twice");
        _metadata = new(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject, MetadataKey, "an object of strings");
        while (NextProperty(out string key))
        {
            string where = $"{MetadataKey}.\"{key}\"";
            Expect(JsonTokenType.String, where, "a string");
            if (!_metadata.TryAdd(key, Text(where))) throw new SafetensorsException($"{where} appears twice");
        }
    }

    private void ReadTensor(string name)
    {
        CheckName(name);
        string where = $"tensor \"{name}\"";
        if (!_names.Add(name)) throw new SafetensorsException($"{where} appears twice");
        Expect(JsonTokenType.StartObject, where, "an object with dtype, shape and data_offsets");
        SafetensorsDType? type = null;
        ImmutableArray<long>? shape = null, offsets = null;
        while (NextProperty(out string field))
        {
            bool twice = field switch { "dtype" => type is not null, "shape" => shape is not null,
                "data_offsets" => offsets is not null, _ => false };
            if (twice) throw new SafetensorsException($"{where}: {field} appears twice");
            string at = $"{where}: {field}";
            switch (field)
            {
                case "dtype": type = ReadType(at); break;
                case "shape": shape = ReadNumbers(at); break;
                case "data_offsets": offsets = ReadNumbers(at); break;
                default: throw new SafetensorsException($"{where}: unknown field \"{field}\" (a tensor has dtype, shape and data_offsets only)");
            }
        }
        if (type is null) throw new SafetensorsException($"{where}: dtype is missing");
        if (shape is null) throw new SafetensorsException($"{where}: shape is missing");
        if (offsets is null) throw new SafetensorsException($"{where}: data_offsets is missing");
        if (offsets.Value.Length != 2)
            throw new SafetensorsException($"{where}: data_offsets has {offsets.Value.Length} numbers, not 2");
        _entries.Add(new(name, type.Value, shape.Value, offsets.Value[0], offsets.Value[1]));
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0) throw new SafetensorsException("a tensor's name is empty");
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > NameBytesMax)
            throw new SafetensorsException($"tensor \"{name[..32]}...\": a name of {bytes} bytes exceeds the limit of {NameBytesMax}");
        int control = name.AsSpan().IndexOfAnyInRange('\0', '\u001f');
        if (control >= 0)
            throw new SafetensorsException($"tensor \"{name.Replace("\0", "\\0")}\": the name has the control character {(int)name[control]} at {control}");
    }

    private SafetensorsDType ReadType(string where)
    {
        Expect(JsonTokenType.String, where, "a string");
        string name = Text(where);
        if (SafetensorsDTypes.TryParse(name, out var type)) return type;
        throw new SafetensorsException($"{where} \"{name}\" is unknown (known: {SafetensorsDTypes.AllNames})");
    }

    private ImmutableArray<long> ReadNumbers(string where)
    {
        Expect(JsonTokenType.StartArray, where, "an array of integers");
        var numbers = ImmutableArray.CreateBuilder<long>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long number) || number < 0)
            {
                string actual = _json.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(_json.ValueSpan)
                    : _json.TokenType.ToString();
                throw new SafetensorsException($"{where}[{numbers.Count}] is {actual}, not an integer from 0 to 2^63 - 1");
            }
            numbers.Add(number);
        }
        return numbers.DrainToImmutable();
    }

    private void Expect(JsonTokenType type, string where, string what)
    {
        _json.Read();
        if (_json.TokenType != type) throw new SafetensorsException($"{where} is {_json.TokenType}, not {what}");
    }

    private readonly string Text(string where)
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Valid UTF-8, but an escape such as \ud800 stands for half a character.
            throw new SafetensorsException($"{where} is no valid text: {e.Message}", e);
        }
    }
}
