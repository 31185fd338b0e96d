namespace Graft.Runtime;

/// <summary>A resource variable: takes type, shape and bytes of whatever is assigned to it, and keeps them between runs.</summary>
internal sealed unsafe class Variable : IDisposable
{
    private NativeBuffer? _memory;
    private int _byteCount;

    public bool IsAssigned => _memory is not null;

    public DType Type { get; private set; }

    public Shape Shape { get; private set; }

    // In bounds: Assign makes the memory at least this long.
    public ReadOnlySpan<byte> Bytes => _memory is null ? default : new((void*)_memory.Address, _byteCount);

    public void Assign(DType type, Shape shape, ReadOnlySpan<byte> bytes)
    {
        if (_memory is null || _memory.ByteCount < bytes.Length)
        {
            _memory?.Dispose();
            _memory = new NativeBuffer(bytes.Length);
        }
        (Type, Shape, _byteCount) = (type, shape, bytes.Length);
        bytes.CopyTo(new Span<byte>((void*)_memory.Address, _byteCount));
    }

    public void Dispose() => _memory?.Dispose();
}
