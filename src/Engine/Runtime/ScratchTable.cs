namespace Graft.Runtime;

/// <summary>Addresses of the scratch areas of a plan, or of one node that is prepared at run time.</summary>
internal sealed unsafe class ScratchTable(int count)
{
    private readonly (nint Address, int WorkerBytes)[] _areas = new (nint, int)[count];

    public void Set(int index, nint address, int workerBytes) => _areas[index] = (address, workerBytes);

    // In bounds: the area holds WorkerBytes for each worker number that the pool hands out.
    public Span<T> Span<T>(int index, int worker) where T : unmanaged
    {
        var (address, bytes) = _areas[index];
        return new((void*)(address + (nint)worker * bytes), bytes / sizeof(T));
    }
}
