using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Graft.Adapters.Form;
using Graft.Graphs;

namespace Graft.Adapters.Binding;

/// <summary>
/// A binding map as a file: JSON with, for every module, its places and the hash of the weight found there. What a converter folded into
/// weights is given as the model's tensor that holds it, or by its values.
/// </summary>
internal static class BindingMapFile
{
    /// <summary>The name under which a map lies beside an adapter.</summary>
    public const string DefaultName = "graft_binding.json";

    private const string Format = "graft-binding";
    private const int Version = 1;
    private const long BytesMax = 256L << 20;

    public static void Write(string path, BindingMap map, Graph graph)
    {
        string temporary = path + ".tmp";
        using (var stream = File.Create(temporary))
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteStartObject("modules");
            foreach (var module in map.Modules.Values.OrderBy(m => m.Name, StringComparer.Ordinal)) Write(json, module, graph);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a map and verifies that the weights it speaks of are those of this model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">The optimised graph of the model.</param>
    /// <exception cref="AdapterException">The file is malformed, or speaks of another model.</exception>
    public static BindingMap Read(string path, Graph graph)
    {
        if (!File.Exists(path)) throw new AdapterException($"{path}: there is no such binding map");
        if (new FileInfo(path).Length > BytesMax) throw new AdapterException($"{path}: larger than {BytesMax >> 20} MB");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.GetString() != Format || root.GetProperty("version").GetInt32() != Version)
                throw new AdapterException($"{path}: not a binding map of version {Version}; a list of a base's modules by node becomes one by 'graft adapter bind MODEL --nodes LIST -o MAP'");
            var modules = new SortedDictionary<string, ModuleBinding>(StringComparer.Ordinal);
            foreach (var entry in root.GetProperty("modules").EnumerateObject())
            {
                if (!modules.TryAdd(entry.Name, Module(entry, graph))) throw new AdapterException($"{path}: module \"{entry.Name}\" appears twice");
            }
            return new(modules);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new AdapterException($"{path}: malformed: {e.Message}", e);
        }
        catch (AdapterException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new AdapterException($"{path}: {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter json, ModuleBinding module, Graph graph)
    {
        json.WriteStartObject(module.Name);
        json.WriteString("kind", module.Kind.ToString());
        json.WriteString("evidence", module.Evidence.ToString());
        json.WriteStartArray("placements");
        foreach (var p in module.Placements)
        {
            json.WriteStartObject();
            json.WriteNumber("subgraph", p.Subgraph);
            json.WriteNumber("node", p.Node);
            json.WriteNumber("operand", p.Operand);
            json.WriteString("orientation", p.Orientation.ToString());
            if (p.FirstRow != 0) json.WriteNumber("first_row", p.FirstRow);
            json.WriteString("sha256", Hash(graph, p, module.Name));
            Write(json, "row_factor", p.RowFactor);
            Write(json, "column_factor", p.ColumnFactor);
            Write(json, "input_offset", p.InputOffset);
            Write(json, "output_offset", p.OutputOffset);
            if (p.Orientation == Orientation.ConstantRows)
            {
                json.WriteNumber("first_table_row", p.TableRows.First);
                json.WriteNumber("table_rows", p.TableRows.Total);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, FoldedVector? vector)
    {
        if (vector is null) return;
        json.WriteStartObject(name);
        json.WriteString("source", vector.Source);
        json.WriteBase64String("values", MemoryMarshal.AsBytes(vector.Values.AsSpan()));
        json.WriteEndObject();
    }

    private static ModuleBinding Module(JsonProperty entry, Graph graph)
    {
        var placements = ImmutableArray.CreateBuilder<Placement>();
        foreach (var p in entry.Value.GetProperty("placements").EnumerateArray())
        {
            var placement = new Placement
            {
                Subgraph = p.GetProperty("subgraph").GetInt32(),
                Node = p.GetProperty("node").GetInt32(),
                Operand = p.GetProperty("operand").GetInt32(),
                Orientation = Enum.Parse<Orientation>(p.GetProperty("orientation").GetString()!),
                FirstRow = p.TryGetProperty("first_row", out var row) ? row.GetInt32() : 0,
                RowFactor = Vector(p, "row_factor"),
                ColumnFactor = Vector(p, "column_factor"),
                InputOffset = Vector(p, "input_offset"),
                OutputOffset = Vector(p, "output_offset"),
                TableRows = p.TryGetProperty("table_rows", out var total) ? (p.GetProperty("first_table_row").GetInt32(), total.GetInt32()) : default,
            };
            if (p.GetProperty("sha256").GetString() != Hash(graph, placement, entry.Name))
                throw new AdapterException($"module \"{entry.Name}\": the model's weight is not the one that the map was made for; make a map for this model");
            placements.Add(placement);
        }
        return new(entry.Name, Enum.Parse<ModuleKind>(entry.Value.GetProperty("kind").GetString()!), placements.ToImmutable(), BindingEvidence.Map);
    }

    private static FoldedVector? Vector(JsonElement placement, string name)
    {
        if (!placement.TryGetProperty(name, out var vector)) return null;
        byte[] bytes = vector.GetProperty("values").GetBytesFromBase64();
        if (bytes.Length % sizeof(float) != 0) throw new FormatException($"{name} has {bytes.Length} bytes, which are no floats");
        return new(vector.GetProperty("source").GetString()!, [.. MemoryMarshal.Cast<byte, float>(bytes)]);
    }

    /// <summary>The hash of a weight: its bytes, type, shape and scales.</summary>
    private static string Hash(Graph graph, Placement placement, string module)
    {
        var site = new NodeSite(graph, placement, module);
        var tensor = site.Subgraph.Tensors[site.WeightTensor];
        if (!tensor.Constant.IsPresent) throw new AdapterException($"module \"{module}\": {site}: its weight is not constant");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(tensor.Constant.Bytes);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{tensor.Type.Name()}{tensor.Shape}"));
        if (tensor.Quantization is { } q)
        {
            hash.AppendData(MemoryMarshal.AsBytes(q.Scales.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(q.ZeroPoints.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
