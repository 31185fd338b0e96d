using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Graft.Safetensors;

/// <summary>
/// A safetensors file in memory. Everything is checked before the first tensor is handed out: lengths, JSON, names,
/// types, shapes, and that the tensors cover the data without gap or overlap. Stricter than the reference reader, which
/// takes duplicate keys and unknown fields: what the format's text forbids is refused here.
/// </summary>
internal sealed class SafetensorsFile
{
    /// <summary>The format's own limit on the header.</summary>
    public const int HeaderBytesMax = 100_000_000;

    private readonly Dictionary<string, SafetensorsTensor> _byName;

    private SafetensorsFile(IReadOnlyDictionary<string, string> metadata, SafetensorsTensor[] tensors)
    {
        Metadata = metadata;
        Tensors = tensors;
        _byName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The strings under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>In the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public SafetensorsTensor this[string name] =>
        TryGet(name, out var tensor) ? tensor
            : throw new KeyNotFoundException($"there is no tensor \"{name}\" among the {Tensors.Count} of the file");

    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor) =>
        _byName.TryGetValue(name, out tensor);

    /// <summary>Reads a file of up to 2 GB into memory.</summary>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format; the message has the
    /// path.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > Array.MaxLength)
                throw new SafetensorsException($"{length} bytes exceed the limit of {Array.MaxLength}");
            return Parse(File.ReadAllBytes(path));
        }
        catch (SafetensorsException e)
        {
            throw new SafetensorsException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a file from memory, which is not copied and must not change afterwards.</summary>
    /// <exception cref="SafetensorsException">The bytes break a rule of the format.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 8) throw new SafetensorsException($"a file has at least 8 bytes, this one {bytes.Length}");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
        if (length > HeaderBytesMax)
            throw new SafetensorsException($"a header of {length} bytes exceeds the format's limit of {HeaderBytesMax}");
        int data = 8 + (int)length;
        if (data > bytes.Length)
            throw new SafetensorsException($"a header of {length} bytes does not fit in a file of {bytes.Length}");
        var header = HeaderReader.Read(bytes.Span[8..data]);
        return new(header.Metadata, Place(header.Entries, bytes[data..]));
    }

    private static SafetensorsTensor[] Place(List<HeaderEntry> entries, ReadOnlyMemory<byte> data)
    {
        var tensors = new SafetensorsTensor[entries.Count];
        long next = 0;
        int i = 0;
        // Stable, so that empty tensors keep the header's order.
        foreach (var entry in entries.OrderBy(e => (e.Begin, e.End)))
        {
            CheckRange(entry, next, data.Length);
            tensors[i++] = new(entry.Name, entry.Type, entry.Shape, data[(int)entry.Begin..(int)entry.End]);
            next = entry.End;
        }
        if (next != data.Length)
            throw new SafetensorsException($"the tensors end at byte {next} of the data, which has {data.Length}: bytes that no tensor covers are not allowed");
        return tensors;
    }

    private static void CheckRange(HeaderEntry entry, long next, long dataLength)
    {
        string? problem = null;
        if (entry.End < entry.Begin) problem = "it ends before it begins";
        else if (entry.End > dataLength) problem = $"it ends beyond the data, which has {dataLength} bytes";
        else if (entry.Begin < next) problem = $"it overlaps the tensor before it, which ends at {next}";
        else if (entry.Begin > next) problem = $"bytes {next} to {entry.Begin} before it belong to no tensor";
        else if (entry.Type.ByteCount(entry.Shape.AsSpan()) is not { } size)
            problem = $"the size of {entry.Type.Name()}[{string.Join(",", entry.Shape)}] overflows or is no whole number of bytes";
        else if (size != entry.End - entry.Begin)
            problem = $"{entry.Type.Name()}[{string.Join(",", entry.Shape)}] takes {size} bytes";
        if (problem is not null)
            throw new SafetensorsException($"tensor \"{entry.Name}\": data_offsets [{entry.Begin}, {entry.End}]: {problem}");
    }
}
