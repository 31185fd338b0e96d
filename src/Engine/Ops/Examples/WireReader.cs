using System.Buffers.Binary;
using Graft.Runtime;

namespace Graft.Ops.Examples;

/// <summary>
/// Reads the fields of a Protocol Buffers message, each checked against the bytes. Source: the encoding page of the Protocol Buffers
/// documentation.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    public const int VarintType = 0, Fixed64Type = 1, BytesType = 2, Fixed32Type = 5;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>How its value is written.</summary>
    public int WireType { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads the key of the next field; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        ulong key = Varint();
        if (key >> 3 is 0 or > int.MaxValue) StepFault.Raise("a protocol message has a malformed key");
        (Field, WireType) = ((int)(key >> 3), (int)(key & 7));
        return true;
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            byte b = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        StepFault.Raise("a protocol message ends within a number");
        return 0;
    }

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>The bytes of a text, or of a message within the message.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(Varint());

    /// <summary>Passes over the value of a field.</summary>
    public void Skip()
    {
        switch (WireType)
        {
            case VarintType: Varint(); break;
            case Fixed64Type: Take(sizeof(long)); break;
            case BytesType: Bytes(); break;
            case Fixed32Type: Take(sizeof(int)); break;
            default: StepFault.Raise($"a protocol message has a field of type {WireType}"); break;
        }
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) StepFault.Raise($"a protocol message ends within a field of {count} bytes");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
