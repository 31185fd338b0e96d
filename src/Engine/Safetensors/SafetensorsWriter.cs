using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Graft.Safetensors;

/// <summary>In which order a file holds its tensors.</summary>
internal enum SafetensorsOrder
{
    /// <summary>Wide elements first, then by name (ordinal), so that every tensor is aligned to its elements.</summary>
    ByWidthAndName,

    AsAdded,
}

/// <summary>
/// Writes a safetensors file. The bytes depend on the contents and the order only: metadata is sorted by key, the
/// header is padded with spaces to a multiple of 8.
/// </summary>
internal sealed class SafetensorsWriter
{
    private readonly List<SafetensorsTensor> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public SafetensorsOrder Order { get; init; }

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a tensor; its memory is read when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is invalid or taken, or the bytes do not fit type and
    /// shape.</exception>
    public void Add(string name, SafetensorsDType type, ReadOnlySpan<int> shape, ReadOnlyMemory<byte> data)
    {
        var dimensions = ImmutableArray.CreateBuilder<long>(shape.Length);
        foreach (int dimension in shape) dimensions.Add(dimension);
        var tensor = new SafetensorsTensor(name, type, dimensions.MoveToImmutable(), data);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == "__metadata__") throw new ArgumentException($"\"{name}\" is reserved by the format", nameof(name));
        if (!_names.Add(name)) throw new ArgumentException($"there is a tensor \"{name}\" already", nameof(name));
        long? size = type.ByteCount(tensor.Shape.AsSpan());
        if (size != data.Length)
            throw new ArgumentException($"tensor {tensor} takes {size} bytes, not {data.Length}", nameof(data));
        _tensors.Add(tensor);
    }

    public void Write(Stream output)
    {
        IEnumerable<SafetensorsTensor> ordered = Order == SafetensorsOrder.AsAdded
            ? _tensors
            : _tensors.OrderByDescending(t => t.Type.Bits()).ThenBy(t => t.Name, StringComparer.Ordinal);
        var tensors = ordered.ToArray();
        var header = Header(tensors);
        int padding = -header.WrittenCount & 7;
        header.GetSpan(padding)[..padding].Fill((byte)' ');
        header.Advance(padding);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.WrittenCount);
        output.Write(length);
        output.Write(header.WrittenSpan);
        foreach (var tensor in tensors) output.Write(tensor.Bytes);
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        Write(stream);
        return stream.ToArray();
    }

    /// <summary>Writes a file; a file of that name is replaced.</summary>
    public void Save(string path)
    {
        using var stream = File.Create(path);
        Write(stream);
    }

    private ArrayBufferWriter<byte> Header(SafetensorsTensor[] tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (Metadata.Count > 0)
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in Metadata) json.WriteString(key, value);
            json.WriteEndObject();
        }
        long offset = 0;
        foreach (var tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Type.Name());
            json.WriteStartArray("shape");
            foreach (long dimension in tensor.Shape) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.Bytes.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        return buffer;
    }
}
