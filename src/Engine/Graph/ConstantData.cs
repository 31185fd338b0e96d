namespace Graft.Graphs;

/// <summary>The bytes of a constant tensor: a window into the model's memory, or into memory that a pass made.</summary>
internal readonly unsafe struct ConstantData(nint address, long byteCount, object? owner = null)
{
    public nint Address { get; } = address;

    public long ByteCount { get; } = byteCount;

    /// <summary>What keeps the bytes alive besides the model itself.</summary>
    public object? Owner { get; } = owner;

    public bool IsPresent => Address != 0;

    // In bounds: the loader checked that [Address, Address + ByteCount) lies in the mapping; at most 2 GB.
    public ReadOnlySpan<byte> Bytes => new((void*)Address, checked((int)ByteCount));

    public ReadOnlySpan<T> As<T>() where T : unmanaged => new((void*)Address, checked((int)(ByteCount / sizeof(T))));
}
