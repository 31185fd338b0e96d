using System.Numerics;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Gguf;

/// <summary>
/// A GGUF file of version 2 or 3 (ggml's docs/gguf.md): magic, version, numbers of tensors and keys; keys; for each tensor its name, dimensions from the
/// innermost, type and offset; data. Everything is checked before a tensor is read: tensors lie one behind the other, each at the next multiple of the
/// alignment, and cover the data but for such gaps.
/// </summary>
internal sealed class GgufFile
{
    private const uint Magic = 0x46554747;
    private const int VersionMin = 2, VersionMax = 3, DimensionsMax = 4;
    private const int AlignmentUsual = 32, AlignmentMax = 1 << 20;
    private const string AlignmentKey = "general.alignment";

    // Lengths, counts and offsets of a tensor with one dimension.
    private const int TensorBytesMin = 32;

    private readonly ReadOnlyMemory<byte> _data;

    private GgufFile(GgufMetadata metadata, GgufTensor[] tensors, ReadOnlyMemory<byte> data) => (Metadata, Tensors, _data) = (metadata, tensors, data);

    public GgufMetadata Metadata { get; }

    /// <summary>In the order of their data.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <exception cref="AdapterException">The bytes break a rule of the format.</exception>
    public static GgufFile Parse(ReadOnlyMemory<byte> bytes)
    {
        var cursor = new GgufCursor(bytes.Span);
        if (cursor.UInt32("the magic") != Magic) throw new AdapterException("the file does not begin with GGUF");
        uint version = cursor.UInt32("the version");
        if (version is < VersionMin or > VersionMax)
            throw new AdapterException($"GGUF version {version} is not supported ({VersionMin} and {VersionMax} are{((version & 0xFFFF) == 0 ? "; this file seems to be big-endian" : "")})");
        int tensorCount = cursor.Count("the number of tensors", FactorPairs.CountMax, TensorBytesMin);
        var metadata = GgufMetadata.Read(ref cursor, GgufMetadata.ReadCount(ref cursor));
        int alignment = metadata.Count(AlignmentKey) ?? AlignmentUsual;
        if (alignment > AlignmentMax || !BitOperations.IsPow2(alignment)) throw new AdapterException($"\"{AlignmentKey}\" is {alignment}; it must be a power of two, {AlignmentMax} at most");
        var tensors = new GgufTensor[tensorCount];
        for (int i = 0; i < tensorCount; i++) tensors[i] = ReadTensor(ref cursor, i);
        int start = (int)Math.Min(Aligned(cursor.At, alignment), bytes.Length);
        var data = bytes[start..];
        Array.Sort(tensors, (a, b) => a.Offset.CompareTo(b.Offset));
        CheckPlaces(tensors, alignment, data.Length);
        return new(metadata, tensors, data);
    }

    /// <summary>A tensor's elements.</summary>
    public AdapterTensor Read(GgufTensor tensor) => new(tensor.Name, tensor.Shape, tensor.Type.Floats(_data.Span.Slice((int)tensor.Offset, (int)tensor.ByteCount)));

    private static GgufTensor ReadTensor(ref GgufCursor cursor, int index)
    {
        string name = cursor.Text($"the name of tensor {index}", FactorPairs.NameMax), tensor = $"tensor \"{name}\"";
        uint dimensions = cursor.UInt32($"{tensor}: the number of dimensions");
        if (dimensions is 0 or > DimensionsMax) throw new AdapterException($"{tensor} has {dimensions} dimensions; 1 to {DimensionsMax} are possible");
        int[] shape = new int[dimensions];
        long count = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            ulong dimension = cursor.UInt64($"{tensor}: a dimension");
            if (dimension is 0 or > int.MaxValue || (count *= (long)dimension) > int.MaxValue) throw new AdapterException($"{tensor}: a dimension is {dimension}: empty or too large");
            shape[d] = (int)dimension;
        }
        var type = GgufType.Find(cursor.UInt32($"{tensor}: the type"), name);
        if (shape[^1] % type.BlockElements != 0) throw new AdapterException($"{tensor}: rows of {shape[^1]} elements are no whole blocks of {type.Name} ({type.BlockElements})");
        ulong offset = cursor.UInt64($"{tensor}: the offset");
        if (offset > int.MaxValue) throw new AdapterException($"{tensor}: its offset {offset} is beyond the file");
        return new(name, shape, type, (long)offset, count / type.BlockElements * type.BlockBytes);
    }

    private static void CheckPlaces(GgufTensor[] tensors, int alignment, int length)
    {
        long end = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name)) throw new AdapterException($"tensor \"{tensor.Name}\" appears twice");
            if (tensor.Offset != Aligned(end, alignment))
                throw new AdapterException($"tensor \"{tensor.Name}\" begins at {tensor.Offset} of the data, but the tensors before it end at {end}: it must be the next multiple of {alignment}");
            end = tensor.Offset + tensor.ByteCount;
            if (end > length) throw new AdapterException($"tensor \"{tensor.Name}\" ends at {end} of the data, which has {length} bytes");
        }
        if (length > Aligned(end, alignment)) throw new AdapterException($"the tensors end at {end} of the data, which has {length} bytes: bytes that no tensor covers are not allowed");
    }

    private static long Aligned(long at, int alignment) => (at + alignment - 1) & -(long)alignment;
}

/// <summary>Where a tensor lies in the data; its dimensions from the outermost, as in torch.</summary>
internal sealed record GgufTensor(string Name, int[] Shape, GgufType Type, long Offset, long ByteCount);
