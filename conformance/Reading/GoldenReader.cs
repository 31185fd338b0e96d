using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Graft.Safetensors;

namespace Graft.Conformance.Reading;

/// <summary>
/// Reads a golden file. Tensors are named <c>[signature:][s&lt;k&gt;/]kind/&lt;index&gt;</c>, kind being in, out, opt
/// or xnn; ref and torch are information, as are all other names. Metadata <c>order</c> lists the prefixes that ran,
/// <c>steps</c> what happened before each.
/// </summary>
internal sealed partial class GoldenReader
{
    private readonly SafetensorsFile _file;
    private readonly Descriptions _inputs;
    private readonly Descriptions _outputs;
    private readonly Dictionary<string, int[]> _stringShapes;
    private readonly HashSet<string> _consumed = new(StringComparer.Ordinal);

    private GoldenReader(SafetensorsFile file)
    {
        _file = file;
        _inputs = Descriptions.Read(file.Metadata, "inputs");
        _outputs = Descriptions.Read(file.Metadata, "outputs");
        _stringShapes = Json(file, "string_shapes",
            j => j.EnumerateObject().ToDictionary(p => p.Name, p => Integers(p.Value))) ?? [];
    }

    /// <exception cref="GoldenException">The file contradicts the conventions.</exception>
    /// <exception cref="SafetensorsException">The file is no valid safetensors file.</exception>
    public static Golden Read(SafetensorsFile file)
    {
        try
        {
            return new GoldenReader(file).Read();
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException and not GoldenException)
        {
            throw new GoldenException($"metadata has an unexpected form: {e.Message}");
        }
    }

    [GeneratedRegex(@"^(?<prefix>(?:[^/]*:)?(?:s\d+/)?)(?<kind>in|out|opt|xnn)/(?<index>\d{1,6})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex TensorName { get; }

    [GeneratedRegex(@"^(?<kind>opt_|xnn_|)rows(?<first>\d{1,9})to(?<last>\d{1,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex RowsName { get; }

    private Golden Read()
    {
        string[] order = Json(_file, "order", j => j.EnumerateArray().Select(p => p.GetString()!).ToArray()) ?? [""];
        JsonElement[] steps = Json(_file, "steps",
            j => j.EnumerateArray().Select(s => s.Clone()).ToArray()) ?? new JsonElement[order.Length];
        if (steps.Length != order.Length)
            throw new GoldenException($"metadata order has {order.Length} entries, steps {steps.Length}");
        var read = order.Zip(steps, ReadStep).ToList();
        foreach (var tensor in _file.Tensors)
        {
            if (TensorName.IsMatch(tensor.Name) && !_consumed.Contains(tensor.Name))
            {
                throw new GoldenException($"tensor \"{tensor.Name}\" belongs to no step of metadata order");
            }
        }
        return new()
        {
            Reference = _file.Metadata.GetValueOrDefault("reference", ""),
            IsTrimmed = _file.Metadata.ContainsKey("trimmed"),
            DeclaresNoOutputs = _outputs.IsDeclaredEmpty,
            Steps = read,
        };
    }

    private GoldenStep ReadStep(string prefix, JsonElement step)
    {
        int colon = prefix.IndexOf(':', StringComparison.Ordinal);
        string? signature = colon < 0 ? null : prefix[..colon];
        bool known = step.ValueKind == JsonValueKind.Object;
        bool strict = known && step.TryGetProperty("strict", out var s) && s.GetBoolean();
        var resizes = new List<GoldenResize>();
        if (known && step.TryGetProperty("resize", out var shapes))
        {
            foreach (var shape in shapes.EnumerateObject())
            {
                resizes.Add(new(int.Parse(shape.Name, CultureInfo.InvariantCulture), new Shape(Integers(shape.Value)),
                    strict));
            }
        }
        return new()
        {
            Prefix = prefix,
            Signature = signature,
            ResetsVariables = known && step.TryGetProperty("reset", out var reset) && reset.GetBoolean(),
            Resizes = resizes,
            Inputs = Numbered(prefix, "in").ToDictionary(t => t.Index,
                t => Tensor(t.Stored, _inputs.Find(signature, t.Index))),
            Outputs = ReadOutputs(prefix, signature),
        };
    }

    private Dictionary<int, ExpectedOutput> ReadOutputs(string prefix, string? signature)
    {
        var outputs = new Dictionary<int, ExpectedOutput>();
        var others = new[] { "opt", "xnn" }.ToDictionary(kind => kind,
            kind => Numbered(prefix, kind).ToDictionary(t => t.Index, t => t.Stored));
        foreach (var (index, stored) in Numbered(prefix, "out"))
        {
            var description = _outputs.Find(signature, index);
            var results = new List<KernelResult> { new("out", Tensor(stored, description)) };
            foreach (var (kind, tensors) in others)
            {
                // A set that stored another type than out/ computed something else.
                if (tensors.TryGetValue(index, out var other) && other.Type == stored.Type)
                    results.Add(new(kind, Tensor(other, description)));
            }
            outputs[index] = new(index, results, description);
        }
        if (outputs.Count == 0 && ReadRows(prefix, signature) is { } rows) outputs[0] = rows;
        return outputs;
    }

    /// <summary>Some rows of output 0, where the whole was too large to keep.</summary>
    private ExpectedOutput? ReadRows(string prefix, string? signature)
    {
        var description = _outputs.Find(signature, 0);
        var results = new List<(string Kind, (int First, int Last) Rows, SafetensorsTensor Stored)>();
        foreach (var tensor in _file.Tensors)
        {
            if (!tensor.Name.StartsWith(prefix, StringComparison.Ordinal)
                || RowsName.Match(tensor.Name[prefix.Length..]) is not { Success: true } match)
                continue;
            string kind = match.Groups["kind"].Value;
            results.Add((kind.Length == 0 ? "out" : kind[..^1], (Number(match, "first"), Number(match, "last")),
                tensor));
        }
        var kept = results.FirstOrDefault(r => r.Kind == "out");
        if (kept.Stored is null) return null;
        var same = results.Where(r => r.Rows == kept.Rows).OrderByDescending(r => r.Kind == "out");
        return new(0, [.. same.Select(r => new KernelResult(r.Kind, Tensor(r.Stored, description)))], description,
            kept.Rows);
    }

    private List<(int Index, SafetensorsTensor Stored)> Numbered(string prefix, string kind)
    {
        var found = new List<(int, SafetensorsTensor)>();
        foreach (var tensor in _file.Tensors)
        {
            if (TensorName.Match(tensor.Name) is not { Success: true } match) continue;
            if (match.Groups["prefix"].Value != prefix || match.Groups["kind"].Value != kind) continue;
            found.Add((Number(match, "index"), tensor));
            _consumed.Add(tensor.Name);
        }
        return found;
    }

    private GoldenTensor Tensor(SafetensorsTensor stored, TensorDescription? description)
    {
        Shape? shape = null;
        if (_stringShapes.TryGetValue(stored.Name, out int[]? known)) shape = new Shape(known);
        else if (description?.Dimensions is { } declared && declared.All(d => d >= 0)) shape = new Shape([.. declared]);
        return StoredTypes.Read(stored, description?.Type, shape);
    }

    private static int Number(Match match, string group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(d => d.GetInt32())];

    private static T? Json<T>(SafetensorsFile file, string key, Func<JsonElement, T> read) where T : class
    {
        if (!file.Metadata.TryGetValue(key, out string? text)) return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new GoldenException($"metadata {key} is not valid JSON: {e.Message}");
        }
    }
}
