namespace Graft.Tests;

/// <summary>Bytes that code allocates on the calling thread.</summary>
internal static class Allocated
{
    private const int Blocks = 5;

    /// <summary>
    /// The least of several counts, each over many calls; what a call allocates is in all of them. A single count may be too high: when the threads of other
    /// tests cause a collection, the runtime takes the calling thread's unused piece of heap, up to 8 KB, for allocated.
    /// </summary>
    public static long Least(Action call, int calls)
    {
        long least = long.MaxValue;
        for (int block = 0; block < Blocks && least > 0; block++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < calls; i++) call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
