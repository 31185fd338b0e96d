using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Graft.Schema;

/// <summary>
/// A table in a FlatBuffer, or the absent table, of which every field has its default. Reads are little-endian, need no
/// alignment and never leave the span: on bytes that <see cref="Verifier"/> has not accepted they may throw.
/// </summary>
internal readonly ref struct Table
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _vtable;
    private readonly int _vtableLength;

    public Table(ReadOnlySpan<byte> bytes, int position)
    {
        _bytes = bytes;
        Position = position;
        _vtable = position - BinaryPrimitives.ReadInt32LittleEndian(bytes[position..]);
        _vtableLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[_vtable..]);
    }

    /// <summary>Offset of the table in the FlatBuffer; 0 when absent.</summary>
    public int Position { get; }

    public bool IsPresent => Position != 0;

    /// <summary>The table to which the offset stored at <paramref name="at"/> leads.</summary>
    public static Table Follow(ReadOnlySpan<byte> bytes, int at) => new(bytes, Target(bytes, at));

    public bool Has(int slot) => At(slot) != 0;

    public bool Boolean(int slot, bool absent) => At(slot) is var at && at == 0 ? absent : _bytes[at] != 0;

    public sbyte SByte(int slot, sbyte absent) => At(slot) is var at && at == 0 ? absent : (sbyte)_bytes[at];

    public byte Byte(int slot, byte absent) => At(slot) is var at && at == 0 ? absent : _bytes[at];

    public int Int32(int slot, int absent) =>
        At(slot) is var at && at == 0 ? absent : BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);

    public uint UInt32(int slot, uint absent) =>
        At(slot) is var at && at == 0 ? absent : BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);

    public long Int64(int slot, long absent) =>
        At(slot) is var at && at == 0 ? absent : BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]);

    public ulong UInt64(int slot, ulong absent) =>
        At(slot) is var at && at == 0 ? absent : BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]);

    public float Single(int slot, float absent) =>
        At(slot) is var at && at == 0 ? absent : BinaryPrimitives.ReadSingleLittleEndian(_bytes[at..]);

    /// <summary>The elements of a vector; empty when absent. Not necessarily aligned in memory.</summary>
    public ReadOnlySpan<T> Vector<T>(int slot) where T : unmanaged
    {
        int at = At(slot);
        if (at == 0)
            return default;
        int start = Target(_bytes, at);
        int count = BinaryPrimitives.ReadInt32LittleEndian(_bytes[start..]);
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(_bytes[(start + 4)..])[..count];
        return BitConverter.IsLittleEndian ? elements : ByteOrder.Reverse(elements);
    }

    /// <summary>A string field decoded from UTF-8; empty when absent.</summary>
    public string Text(int slot) => Encoding.UTF8.GetString(Vector<byte>(slot));

    /// <summary>A string field decoded from UTF-8, or null when absent, for writing it again without loss.</summary>
    /// <exception cref="ModelFormatException">The bytes are not UTF-8.</exception>
    public string? StrictText(int slot, string field)
    {
        if (!Has(slot))
            return null;
        try
        {
            return s_strict.GetString(Vector<byte>(slot));
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException(field, Position, "the string is not UTF-8: " + e.Message);
        }
    }

    public Table Child(int slot) => At(slot) is var at && at == 0 ? default : Follow(_bytes, at);

    public TableVector<TView> Tables<TView>(int slot) where TView : ITableView<TView>, allows ref struct
    {
        int at = At(slot);
        if (at == 0)
            return default;
        int start = Target(_bytes, at);
        return new TableVector<TView>(_bytes, start + 4, BinaryPrimitives.ReadInt32LittleEndian(_bytes[start..]));
    }

    /// <summary>The value of the union in <paramref name="slot"/>, whose tag is in the slot before.</summary>
    public TView Member<TView>(int slot, string field, string union, string tagName)
        where TView : IUnionMember<TView>, allows ref struct
    {
        byte tag = Byte(slot - 1, 0);
        if (tag == 0)
            return TView.Wrap(default);
        if (tag == TView.Tag && TView.Union == union)
            return TView.Wrap(Child(slot));
        throw new ModelFormatException(
            field,
            Position,
            $"expected {TView.SchemaName} ({TView.Union} tag {TView.Tag}), found {tagName} ({union} tag {tag})");
    }

    private static int Target(ReadOnlySpan<byte> bytes, int at) =>
        at + BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private int At(int slot)
    {
        int entry = 4 + (2 * slot);
        if (entry + 2 > _vtableLength)
            return 0;
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(_vtable + entry)..]);
        return offset == 0 ? 0 : Position + offset;
    }
}
