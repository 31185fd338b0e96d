using System.Buffers.Binary;

namespace Graft;

/// <summary>
/// The bytes of a string tensor as TFLite lays them out: int32 count, count + 1 int32 offsets from the start, then the characters.
/// </summary>
internal readonly ref struct StringBuffer(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Count => _bytes.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    public ReadOnlySpan<byte> this[int i]
    {
        get
        {
            int begin = BinaryPrimitives.ReadInt32LittleEndian(_bytes[(4 + 4 * i)..]);
            int end = BinaryPrimitives.ReadInt32LittleEndian(_bytes[(8 + 4 * i)..]);
            return _bytes[begin..end];
        }
    }

    /// <summary>True when the bytes hold <paramref name="count"/> strings within bounds (any number when it is negative).</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes, long count, out string problem)
    {
        problem = "";
        if (bytes.Length < 8) problem = $"a string buffer has at least 8 bytes, this one {bytes.Length}";
        int actual = problem.Length > 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (problem.Length == 0 && (actual < 0 || (actual + 2L) * 4 > bytes.Length)) problem = $"a string buffer of {bytes.Length} bytes cannot hold {actual} strings";
        if (problem.Length == 0 && count >= 0 && actual != count) problem = $"{actual} strings in the buffer, {count} in the shape";
        int previous = (actual + 2) * 4;
        for (int i = 0; problem.Length == 0 && i <= actual; i++)
        {
            int offset = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 + 4 * i)..]);
            if (offset < previous || offset > bytes.Length) problem = $"string offset {i} is {offset}, outside [{previous}, {bytes.Length}]";
            previous = offset;
        }
        return problem.Length == 0;
    }

    /// <summary>The most strings whose offsets fit into a buffer.</summary>
    public const int CountMax = int.MaxValue / 4 - 2;

    /// <summary>Makes the buffer hold <paramref name="count"/> empty strings.</summary>
    public static void Clear(Span<byte> buffer, int count)
    {
        var writer = new StringBufferWriter(buffer, count);
        for (int i = 0; i < count; i++) writer.Add([]);
    }

    /// <summary>Bytes of a buffer for <paramref name="count"/> strings with <paramref name="characters"/> bytes in all.</summary>
    public static int ByteCount(int count, long characters) => checked((int)((count + 2L) * 4 + characters));

    /// <summary>Writes the buffer of these strings and returns it.</summary>
    public static byte[] Pack(IReadOnlyList<byte[]> strings)
    {
        var buffer = new byte[ByteCount(strings.Count, strings.Sum(s => (long)s.Length))];
        var writer = new StringBufferWriter(buffer, strings.Count);
        foreach (byte[] s in strings) writer.Add(s);
        return buffer;
    }
}

/// <summary>Fills a string buffer of known size, string by string.</summary>
internal ref struct StringBufferWriter
{
    private readonly Span<byte> _buffer;
    private int _next;
    private int _at;

    public StringBufferWriter(Span<byte> buffer, int count)
    {
        _buffer = buffer;
        _at = (count + 2) * 4;
        BinaryPrimitives.WriteInt32LittleEndian(buffer, count);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], _at);
    }

    public void Add(ReadOnlySpan<byte> characters)
    {
        characters.CopyTo(_buffer[_at..]);
        _at += characters.Length;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[(8 + 4 * _next++)..], _at);
    }
}
