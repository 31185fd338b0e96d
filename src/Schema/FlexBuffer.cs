using System.Buffers.Binary;
using System.Text;

namespace Graft.Schema;

/// <summary>
/// A value in a FlexBuffer, the schemaless format of custom operators' options: a number, a text, a vector or a map. Every read is
/// checked against the bytes. Source: the FlexBuffers section of the FlatBuffers internals document.
/// </summary>
internal readonly ref struct FlexBuffer
{
    private enum Kind { Null, Int, UInt, Float, Key, String, IndirectInt, IndirectUInt, IndirectFloat, Map, Vector, VectorInt, VectorUInt, VectorFloat, VectorKey, Bool = 26, VectorBool = 36 }

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _at;
    private readonly int _width;
    private readonly byte _packed;

    private FlexBuffer(ReadOnlySpan<byte> bytes, int at, int width, byte packed)
    {
        _bytes = bytes;
        _at = at;
        _width = width;
        _packed = packed;
    }

    private Kind Type => (Kind)(_packed >> 2);

    /// <summary>Width of what an offset leads to, in bytes.</summary>
    private int TargetWidth => 1 << (_packed & 3);

    public bool IsNull => Type == Kind.Null;

    /// <summary>The number of elements of a vector or map; 0 for anything else.</summary>
    public int Count => Type is Kind.Map or Kind.Vector or Kind.VectorInt or Kind.VectorUInt or Kind.VectorFloat or Kind.VectorKey or Kind.VectorBool
        ? Length(_bytes, Target(), TargetWidth, TargetWidth + (Type is Kind.Map or Kind.Vector ? 1 : 0)) : 0;

    /// <exception cref="ModelFormatException">The bytes do not end as a FlexBuffer does.</exception>
    public static FlexBuffer Root(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 3) throw Malformed(0, $"{bytes.Length} bytes are no FlexBuffer");
        int width = bytes[^1];
        if (width is not (1 or 2 or 4 or 8) || width > bytes.Length - 2) throw Malformed(bytes.Length - 1, $"a root of {width} bytes does not exist");
        return new(bytes, bytes.Length - 2 - width, width, bytes[^2]);
    }

    /// <summary>An element of a vector.</summary>
    public FlexBuffer this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Count) throw Malformed(_at, $"there is no element {index}; there are {Count}");
            int target = Target(), width = TargetWidth;
            bool isTyped = Type is not (Kind.Map or Kind.Vector);
            byte packed = isTyped ? (byte)((int)ElementType() << 2 | _packed & 3) : _bytes[target + Count * width + index];
            return new(_bytes, target + index * width, width, packed);
        }
    }

    /// <summary>The value of a key in a map; null when this is no map or lacks the key.</summary>
    public FlexBuffer this[string key]
    {
        get
        {
            if (Type != Kind.Map) return default;
            int target = Target(), width = TargetWidth, count = Count;
            int keysAt = target - 3 * width;
            int keyWidth = (int)Unsigned(target - 2 * width, width);
            if (keyWidth is not (1 or 2 or 4 or 8)) throw Malformed(target, $"keys of {keyWidth} bytes do not exist");
            int keys = Follow(keysAt, width);
            if (Length(_bytes, keys, keyWidth, keyWidth) < count) throw Malformed(keys, "a map has fewer keys than values");
            Span<byte> name = stackalloc byte[64];
            name = name[..Encoding.UTF8.GetBytes(key, name)];
            for (int i = 0; i < count; i++)
            {
                if (KeyEquals(Follow(keys + i * keyWidth, keyWidth), name)) return this[i];
            }
            return default;
        }
    }

    /// <summary>A number, rounded towards zero; 0 for null.</summary>
    public long Int64() => Type switch
    {
        Kind.Int => Signed(_at, _width),
        Kind.IndirectInt => Signed(Target(), TargetWidth),
        Kind.UInt or Kind.Bool => (long)Unsigned(_at, _width),
        Kind.IndirectUInt => (long)Unsigned(Target(), TargetWidth),
        Kind.Float => (long)Real(_at, _width),
        Kind.IndirectFloat => (long)Real(Target(), TargetWidth),
        Kind.Null => 0,
        _ => throw Malformed(_at, $"a number is expected, not {Type}"),
    };

    /// <summary>A number that fits int32.</summary>
    public int Int32() => Int64() is var value && value == (int)value ? (int)value : throw Malformed(_at, $"{value} is outside the int32 range");

    public double Double() => Type switch
    {
        Kind.Float => Real(_at, _width),
        Kind.IndirectFloat => Real(Target(), TargetWidth),
        Kind.UInt => Unsigned(_at, _width),
        Kind.IndirectUInt => Unsigned(Target(), TargetWidth),
        _ => Int64(),
    };

    public bool Boolean() => Double() != 0;

    /// <summary>The bytes of a text; empty for anything else.</summary>
    public ReadOnlySpan<byte> Utf8() => Type == Kind.String ? _bytes.Slice(Target(), Length(_bytes, Target(), TargetWidth, 1)) : default;

    private Kind ElementType() => Type == Kind.VectorBool ? Kind.Bool : Type - Kind.VectorInt + Kind.Int;

    private int Target() => Follow(_at, _width);

    /// <summary>Offsets lead backwards.</summary>
    private int Follow(int at, int width)
    {
        ulong offset = Unsigned(at, width);
        if (offset > (ulong)at) throw Malformed(at, $"an offset of {offset} leads out of the options");
        return at - (int)offset;
    }

    private int Length(ReadOnlySpan<byte> bytes, int target, int width, int elementBytes)
    {
        ulong count = Unsigned(target - width, width);
        ulong available = (ulong)(bytes.Length - target);
        if (count > available / (ulong)elementBytes) throw Malformed(target, $"{count} elements do not fit the options");
        return (int)count;
    }

    private bool KeyEquals(int at, ReadOnlySpan<byte> name) =>
        at + name.Length < _bytes.Length && _bytes.Slice(at, name.Length).SequenceEqual(name) && _bytes[at + name.Length] == 0;

    private ulong Unsigned(int at, int width) => Window(at, width) is var bytes && width == 1 ? bytes[0]
        : width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : width == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private long Signed(int at, int width) => (long)Unsigned(at, width) << (64 - 8 * width) >> (64 - 8 * width);

    private double Real(int at, int width) => Window(at, width) is var bytes && width == 2 ? (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)
        : width == 4 ? BinaryPrimitives.ReadSingleLittleEndian(bytes)
        : width == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(bytes)
        : throw Malformed(at, "a float of one byte does not exist");

    private ReadOnlySpan<byte> Window(int at, int width) =>
        at >= 0 && at <= _bytes.Length - width ? _bytes.Slice(at, width) : throw Malformed(at, $"{width} bytes lie outside the options");

    private static ModelFormatException Malformed(int at, string problem) => new("custom_options", at, problem);
}
