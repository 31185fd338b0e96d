using System.Runtime.InteropServices;

namespace Graft.Runtime;

/// <summary>Native memory aligned to 64 bytes, zeroed, freed on disposal or by the finalizer.</summary>
/// <remarks>
/// Arenas and packed weights live outside the managed heap so that addresses stay put and the collector never moves them. Pages that
/// nothing touches cost nothing.
/// </remarks>
// In bounds: the block is allocated and freed here, never read or written.
internal sealed unsafe class NativeBuffer : IDisposable
{
    public const int Alignment = 64;

    /// <summary>Requests from here on are compared with the machine's memory: more than that can only end with the process killed.</summary>
    private const long LargeBytesMin = 1L << 28;

    private nint _block;

    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public NativeBuffer(long byteCount, bool isCleared = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        if (byteCount >= LargeBytesMin && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is var available && byteCount > available)
        {
            throw new InsufficientMemoryException($"{byteCount:N0} bytes exceed the {available:N0} of this machine");
        }
        ByteCount = byteCount;
        _block = (nint)(isCleared ? NativeMemory.AllocZeroed((nuint)Allocated) : NativeMemory.Alloc((nuint)Allocated));
        Address = (_block + Alignment - 1) & -Alignment;
        GC.AddMemoryPressure(Allocated);
    }

    ~NativeBuffer() => Free();

    public long ByteCount { get; }

    /// <summary>The first byte; 0 once disposed.</summary>
    public nint Address { get; private set; }

    /// <summary>One vector more than the bytes, since kernels may read, never write, a full vector at the tail; one for alignment.</summary>
    private long Allocated => checked(ByteCount + 2 * Alignment);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint block = Interlocked.Exchange(ref _block, 0);
        if (block == 0) return;
        Address = 0;
        NativeMemory.Free((void*)block);
        GC.RemoveMemoryPressure(Allocated);
    }
}
