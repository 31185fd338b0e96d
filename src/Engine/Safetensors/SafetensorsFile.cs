using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Graft.Safetensors;

/// <summary>
/// A safetensors file. Everything is checked before the first tensor is handed out: lengths, JSON, names,
/// types, shapes, and that the tensors cover the data without gap or overlap. Stricter than the reference reader, which
/// takes duplicate keys and unknown fields: what the format's text forbids is refused here.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    /// <summary>The format's own limit on the header.</summary>
    public const int HeaderBytesMax = 100_000_000;

    private const int LengthBytes = sizeof(ulong);

    /// <summary>Files of up to so many bytes are read at once.</summary>
    private const long SmallBytes = 1 << 20;

    private readonly Dictionary<string, SafetensorsTensor> _byName;

    private readonly SafeFileHandle? _file;

    private SafetensorsFile(IReadOnlyDictionary<string, string> metadata, SafetensorsTensor[] tensors, SafeFileHandle? file)
    {
        _file = file;
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
    public static SafetensorsFile Open(string path) => Open(path, isWhole: true);

    /// <summary>
    /// Opens a file whose tensors are read when they are asked for, until it is disposed; a small one is read at once. Meanwhile it cannot be written to.
    /// </summary>
    /// <exception cref="SafetensorsException">As for <see cref="Open(string)"/>.</exception>
    public static SafetensorsFile OpenTensors(string path) => Open(path, isWhole: false);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private static SafetensorsFile Open(string path, bool isWhole)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        SafetensorsFile? file = null;
        try
        {
            long length = RandomAccess.GetLength(handle);
            if (!isWhole && length > SmallBytes) return file = Parse(handle, length);
            if (length > Array.MaxLength) throw new SafetensorsException($"{length} bytes exceed the limit of {Array.MaxLength}");
            return Parse(Read(handle, 0, (int)length));
        }
        catch (SafetensorsException e)
        {
            throw new SafetensorsException($"{path}: {e.Message}", e);
        }
        finally
        {
            if (file is null) handle.Dispose();
        }
    }

    /// <summary>Reads a file from memory, which is not copied and must not change afterwards.</summary>
    /// <exception cref="SafetensorsException">The bytes break a rule of the format.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes)
    {
        int data = HeaderEnd(bytes.Span, bytes.Length);
        return Parse(bytes.Span[LengthBytes..data], bytes.Length - data, e => new(e.Name, e.Type, e.Shape, bytes[data..][(int)e.Begin..(int)e.End]));
    }

    private static SafetensorsFile Parse(SafeFileHandle file, long length)
    {
        int data = HeaderEnd(Read(file, 0, LengthBytes), length);
        return Parse(Read(file, LengthBytes, data - LengthBytes), length - data, e => new(e.Name, e.Type, e.Shape, file, data + e.Begin, e.End - e.Begin), file);
    }

    private static SafetensorsFile Parse(ReadOnlySpan<byte> header, long dataLength, Func<HeaderEntry, SafetensorsTensor> make, SafeFileHandle? file = null)
    {
        var content = HeaderReader.Read(header);
        return new(content.Metadata, Place(content.Entries, dataLength, make), file);
    }

    /// <summary>Where the data begins.</summary>
    private static int HeaderEnd(ReadOnlySpan<byte> start, long length)
    {
        if (length < LengthBytes) throw new SafetensorsException($"a file has at least {LengthBytes} bytes, this one {length}");
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (header > HeaderBytesMax)
            throw new SafetensorsException($"a header of {header} bytes exceeds the format's limit of {HeaderBytesMax}");
        int data = LengthBytes + (int)header;
        if (data > length)
            throw new SafetensorsException($"a header of {header} bytes does not fit in a file of {length}");
        return data;
    }

    private static byte[] Read(SafeFileHandle file, long offset, int count)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        SafetensorsTensor.Read(file, offset, bytes);
        return bytes;
    }

    private static SafetensorsTensor[] Place(List<HeaderEntry> entries, long dataLength, Func<HeaderEntry, SafetensorsTensor> make)
    {
        var tensors = new SafetensorsTensor[entries.Count];
        long next = 0;
        int i = 0;
        // Stable, so that empty tensors keep the header's order.
        foreach (var entry in entries.OrderBy(e => (e.Begin, e.End)))
        {
            CheckRange(entry, next, dataLength);
            tensors[i++] = make(entry);
            next = entry.End;
        }
        if (next != dataLength)
            throw new SafetensorsException($"the tensors end at byte {next} of the data, which has {dataLength}: bytes that no tensor covers are not allowed");
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
