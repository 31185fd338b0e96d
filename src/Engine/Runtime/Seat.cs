namespace Graft.Runtime;

/// <summary>Where one worker sleeps until there is another generation of work.</summary>
internal sealed class Seat(int generation) : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0);
    private int _asleep;

    /// <summary>The last generation that the worker has looked at; the worker's own.</summary>
    public int Seen { get; set; } = generation;

    /// <summary>Sleeps until <see cref="Wake"/> is called for a generation later than <see cref="Seen"/>; at once when there is one already.</summary>
    public void Sleep(ref int generation)
    {
        // Either the sleeper sees the generation that was made before the bell is looked after, or the waker sees it asleep: both are
        // full fences between a write and a read.
        Interlocked.Exchange(ref _asleep, 1);
        if (Volatile.Read(ref generation) != Seen && Interlocked.Exchange(ref _asleep, 0) == 1) return;
        _bell.Wait();
    }

    /// <summary>Called after the generation was advanced by an interlocked operation. Rings only when the worker sleeps.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1) _bell.Release();
    }

    public void Dispose() => _bell.Dispose();
}
