using System.Buffers.Binary;
using System.Text;

namespace Graft.Adapters.Gguf;

/// <summary>Reads the little-endian parts of a GGUF header one after the other, never beyond the file.</summary>
internal ref struct GgufCursor(ReadOnlySpan<byte> file)
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _file = file;

    public int At { get; private set; }

    public readonly int Left => _file.Length - At;

    public ReadOnlySpan<byte> Take(long count, string what)
    {
        if (count < 0 || count > Left) throw new AdapterException($"{what} at byte {At} takes {count} bytes, but the file has {Left} left");
        var taken = _file.Slice(At, (int)count);
        At += (int)count;
        return taken;
    }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A number of things of which each takes some bytes at least, so that no more can follow than the file has room for.</summary>
    public int Count(string what, long max, int bytesEach)
    {
        ulong count = UInt64(what);
        long room = Math.Min(max, Left / bytesEach);
        return count <= (ulong)room ? (int)count : throw new AdapterException($"{what} is {count}, but there is room for {room} at most");
    }

    /// <summary>A string: its length in bytes, and UTF-8.</summary>
    public string Text(string what, long max)
    {
        int length = Count(what + " (its length)", max, 1);
        try
        {
            return s_strict.GetString(Take(length, what));
        }
        catch (DecoderFallbackException e)
        {
            throw new AdapterException($"{what} is no UTF-8: {e.Message}", e);
        }
    }
}
