using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Graft.Schema;

/// <summary>
/// Checks that a FlatBuffer is a model, or another file of which the layout is known: that everything reachable from the root, as the schema describes it, lies
/// within the bytes. Views over accepted bytes never throw, but for a union's value asked for as another member.
/// Nothing need be aligned; what the schema does not know is ignored.
/// </summary>
/// <remarks>
/// Tables may be shared, but only so far: the number of tables met on the way is limited to one per
/// <see cref="BytesPerTable"/> bytes (or <see cref="TablesMin"/>), and the bytes of vectors to
/// <see cref="SharingMax"/> times the file, so that walking or copying an accepted model is linear in its size.
/// The schema has no table that contains itself, which bounds the depth.
/// </remarks>
internal ref struct Verifier
{
    /// <summary>A table and the offset to it take eight bytes: unshared tables reach half of the limit.</summary>
    public const int BytesPerTable = 4;

    public const int TablesMin = 1024;

    public const int SharingMax = 8;

    private const int OffsetSize = 4;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly FormatLayout _format;
    private readonly FieldPath _path = new();
    private long _tablesLeft;
    private long _vectorBytesLeft;

    private Verifier(ReadOnlySpan<byte> flatBuffer, FormatLayout format)
    {
        _bytes = flatBuffer;
        _format = format;
        _tablesLeft = TablesMax;
        _vectorBytesLeft = (long)SharingMax * flatBuffer.Length;
    }

    private readonly int TablesMax => Math.Max(TablesMin, _bytes.Length / BytesPerTable);

    /// <summary>Returns if <paramref name="flatBuffer"/> holds a model of schema version 3.</summary>
    /// <exception cref="ModelFormatException">It does not; offset and field say where.</exception>
    public static void Verify(ReadOnlySpan<byte> flatBuffer)
    {
        Verify(flatBuffer, FormatLayout.Model);
        Version(flatBuffer);
    }

    /// <summary>
    /// Returns if <paramref name="flatBuffer"/> is what <paramref name="format"/> describes, so that
    /// <see cref="Schema.Table"/> reads its fields without throwing.
    /// </summary>
    /// <exception cref="ModelFormatException">It is not; offset and field say where.</exception>
    public static void Verify(ReadOnlySpan<byte> flatBuffer, FormatLayout format)
    {
        Verifier verifier = new(flatBuffer, format);
        verifier.Header();
        verifier.Table(verifier.Target(0), format.Root);
    }

    private readonly void Header()
    {
        const int headerSize = 8;
        if (_bytes.Length < headerSize)
            throw new ModelFormatException("header", 0, $"expected at least {headerSize} bytes, found {_bytes.Length}");
        ReadOnlySpan<byte> found = _bytes[OffsetSize..headerSize];
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] != _format.Identifier[i])
            {
                string hex = Convert.ToHexString(found);
                throw new ModelFormatException(
                    "identifier",
                    OffsetSize,
                    $"expected \"{_format.Identifier}\", found bytes {hex}: not a {_format.Name}");
            }
        }
    }

    private static void Version(ReadOnlySpan<byte> flatBuffer)
    {
        ModelView model = ModelView.Root(flatBuffer);
        if (model.Version != SchemaLayout.Version)
            throw new ModelFormatException(
                "version",
                model.Table.Position,
                $"expected schema version {SchemaLayout.Version}, found {model.Version}");
    }

    private void Table(int at, int type)
    {
        if (--_tablesLeft < 0)
            Fail(at, $"more than {TablesMax} tables in {_bytes.Length} bytes: they are shared too often");
        (int vtable, int vtableLength, int tableLength) = VTable(at);
        FieldLayout[] fields = _format.Tables[type].Fields;
        int slots = Math.Min(fields.Length, (vtableLength - 4) / 2);
        byte tag = 0;
        for (int slot = 0; slot < slots; slot++)
        {
            ref readonly FieldLayout field = ref fields[slot];
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(vtable + 4 + (2 * slot))..]);
            byte tagBefore = tag;
            tag = 0;
            if (offset == 0 || field.Form == FieldForm.Removed)
                continue;
            int size = field.Form == FieldForm.Scalar ? field.Argument : OffsetSize;
            _path.Enter(field.Name);
            if (offset < OffsetSize || offset + size > tableLength)
                Fail(at, $"the field lies at {offset} to {offset + size} of a table of {tableLength} bytes");
            if (field.Form == FieldForm.Scalar)
                tag = _bytes[at + offset];
            else
                Reference(at + offset, field, tagBefore);
            _path.Leave();
        }
    }

    private readonly (int At, int Length, int TableLength) VTable(int table)
    {
        long at = (long)table - BinaryPrimitives.ReadInt32LittleEndian(_bytes[table..]);
        if (at < 0 || at > _bytes.Length - 4)
            Fail(table, $"the vtable lies at {at}, outside the file of {_bytes.Length} bytes");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(int)at..]);
        if (length < 4 || length % 2 != 0 || at + length > _bytes.Length)
            Fail(at, $"a vtable of {length} bytes in a file of {_bytes.Length}; it must be even, at least 4, and fit");
        int tableLength = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[((int)at + 2)..]);
        if (tableLength < OffsetSize || (long)table + tableLength > _bytes.Length)
            Fail(table, $"a table of {tableLength} bytes in a file of {_bytes.Length}; it must be at least 4, and fit");
        return ((int)at, length, tableLength);
    }

    private void Reference(int at, in FieldLayout field, byte tag)
    {
        switch (field.Form)
        {
            case FieldForm.Vector:
                Vector(Target(at), field.Argument);
                break;
            case FieldForm.BooleanVector:
                Booleans(Target(at));
                break;
            case FieldForm.Table:
                Table(Target(at), field.Argument);
                break;
            case FieldForm.TableVector:
                Tables(at, field);
                break;
            default:
                int[] members = _format.Unions[field.Argument];
                if (tag != 0 && tag <= members.Length)
                    Table(Target(at), members[tag - 1]);
                break;
        }
    }

    private void Tables(int at, in FieldLayout field)
    {
        int start = Target(at);
        int count = Vector(start, OffsetSize);
        _path.Leave();
        for (int i = 0; i < count; i++)
        {
            _path.Enter(field.Name, i);
            Table(Target(start + OffsetSize + (OffsetSize * i)), field.Argument);
            _path.Leave();
        }

        _path.Enter(field.Name);
    }

    private int Vector(int start, int elementSize)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[start..]);
        long size = (long)count * elementSize;
        long room = _bytes.Length - start - OffsetSize;
        if (size > room)
            Fail(start, $"{count} elements of {elementSize} bytes, where {room} bytes are left");
        _vectorBytesLeft -= size;
        if (_vectorBytesLeft < 0)
            Fail(start, $"the vectors hold more than {SharingMax} times the file's bytes: they are shared too often");
        return (int)count;
    }

    private void Booleans(int start)
    {
        int count = Vector(start, 1);
        int bad = _bytes.Slice(start + OffsetSize, count).IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (bad >= 0)
            Fail(start + OffsetSize + bad, $"element {bad} is not a bool: {_bytes[start + OffsetSize + bad]}");
    }

    private readonly int Target(int at)
    {
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);
        if (offset == 0 || at + (long)offset > _bytes.Length - OffsetSize)
            Fail(at, $"an offset of {offset} leads to {at + (long)offset} in a file of {_bytes.Length} bytes");
        return at + (int)offset;
    }

    [DoesNotReturn]
    private readonly void Fail(long at, string reason) => throw new ModelFormatException(_path.ToString(), at, reason);
}
