namespace Graft;

/// <summary>The elements of a tensor as bytes, one by one: strings, or values of a fixed number of whole bytes.</summary>
internal readonly ref struct Elements
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _width;

    public Elements(DType type, ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _width = type == DType.String ? 0 : type.Bits() / 8;
        Count = _width == 0 ? new StringBuffer(bytes).Count : bytes.Length / _width;
    }

    public int Count { get; }

    public ReadOnlySpan<byte> this[int i] => _width == 0 ? new StringBuffer(_bytes)[i] : _bytes.Slice(i * _width, _width);
}
