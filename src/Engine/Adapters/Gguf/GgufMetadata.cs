using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Graft.Adapters.Gguf;

/// <summary>
/// The keys of a GGUF file. Numbers and flags are kept as doubles, strings as strings; of arrays only that they are there, since no adapter's meaning
/// is in one.
/// </summary>
internal sealed class GgufMetadata
{
    /// <summary>More keys no file has; the same bound as for tensors.</summary>
    private const int CountMax = 65_536;

    private const int KeyMax = 65_535, TextMax = 16 << 20;

    // A key takes its length and type, and a byte at least.
    private const int EntryBytesMin = 13;

    private const uint Bool = 7, String = 8, Array = 9;

    /// <summary>Bytes of a value by its type; 0 for those without a fixed size.</summary>
    private static readonly int[] s_sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    private GgufMetadata()
    {
    }

    public IEnumerable<string> Keys => _values.Keys;

    public static int ReadCount(ref GgufCursor cursor) => cursor.Count("the number of keys", CountMax, EntryBytesMin);

    public static GgufMetadata Read(ref GgufCursor cursor, int count)
    {
        var metadata = new GgufMetadata();
        for (int i = 0; i < count; i++)
        {
            string key = cursor.Text($"the name of key {i}", KeyMax);
            if (!metadata._values.TryAdd(key, Value(ref cursor, key))) throw new AdapterException($"the key \"{key}\" appears twice");
        }
        return metadata;
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <exception cref="AdapterException">The key has another type than a string.</exception>
    public string? Text(string key) => !_values.TryGetValue(key, out object? value) ? null : value as string ?? throw new AdapterException($"\"{key}\" is no string");

    /// <exception cref="AdapterException">The key has another type than a number.</exception>
    public double? Number(string key) => !_values.TryGetValue(key, out object? value) ? null : value as double? ?? throw new AdapterException($"\"{key}\" is no number");

    /// <exception cref="AdapterException">The key has another type than a number, or is no positive integer.</exception>
    public int? Count(string key) => Number(key) is not { } number ? null
        : number is >= 1 and <= int.MaxValue && number == Math.Floor(number) ? (int)number : throw new AdapterException($"\"{key}\" is {number}; it must be a positive integer");

    private static object? Value(ref GgufCursor cursor, string key)
    {
        uint type = cursor.UInt32($"the type of \"{key}\"");
        if (type == Array) return SkipArray(ref cursor, key);
        return type == String ? cursor.Text($"\"{key}\"", TextMax) : Number(type, cursor.Take(Size(type, key), $"\"{key}\""), key);
    }

    private static object? SkipArray(ref GgufCursor cursor, string key)
    {
        uint type = cursor.UInt32($"the type of \"{key}\"'s elements");
        if (type == Array) throw new AdapterException($"\"{key}\" is an array of arrays, which is not supported");
        string what = $"the number of \"{key}\"'s elements";
        if (type != String)
        {
            int size = Size(type, key);
            cursor.Take(cursor.Count(what, int.MaxValue, size) * (long)size, $"\"{key}\"");
            return null;
        }
        int count = cursor.Count(what, int.MaxValue, sizeof(ulong));
        for (int i = 0; i < count; i++) cursor.Take(cursor.Count($"the length of \"{key}\"[{i}]", TextMax, 1), $"\"{key}\"");
        return null;
    }

    private static int Size(uint type, string key) => type < s_sizes.Length && s_sizes[type] > 0 ? s_sizes[type] : ThrowType(type, key);

    [DoesNotReturn]
    private static int ThrowType(uint type, string key) => throw new AdapterException($"\"{key}\" has the unknown type {type}");

    private static double Number(uint type, ReadOnlySpan<byte> bytes, string key) => type switch
    {
        0 => bytes[0],
        1 => (sbyte)bytes[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        3 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        5 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        6 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        Bool => bytes[0] <= 1 ? bytes[0] : throw new AdapterException($"\"{key}\" is a flag of value {bytes[0]}"),
        10 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        11 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };
}
