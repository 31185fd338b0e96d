using System.Runtime.InteropServices;

namespace Graft.Runtime;

/// <summary>Native memory aligned to 64 bytes, zeroed, freed on disposal or by the finalizer.</summary>
/// <remarks>Arenas and packed weights live outside the managed heap so that addresses stay put and the collector never moves them.</remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    public const int Alignment = 64;

    private nint _address;

    public NativeBuffer(long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        ByteCount = byteCount;
        // One vector of slack behind the end: kernels may read, never write, a full vector at the tail.
        nuint allocated = checked((nuint)byteCount + Alignment);
        _address = (nint)NativeMemory.AlignedAlloc(allocated, Alignment);
        // In bounds: the block has just been allocated with this size.
        NativeMemory.Clear((void*)_address, allocated);
        GC.AddMemoryPressure((long)allocated);
    }

    ~NativeBuffer() => Free();

    public long ByteCount { get; }

    public nint Address => _address;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address == 0) return;
        NativeMemory.AlignedFree((void*)address);
        GC.RemoveMemoryPressure(ByteCount + Alignment);
    }
}
