namespace Graft;

/// <summary>Keeps an adapter in memory until it is disposed.</summary>
public sealed class AdapterLease : IDisposable
{
    private readonly Adapter _adapter;
    private int _disposed;

    /// <summary>Takes over a reference that was acquired.</summary>
    internal AdapterLease(Adapter adapter) => _adapter = adapter;

    /// <summary>The adapter.</summary>
    /// <exception cref="ObjectDisposedException">The lease has been disposed.</exception>
    public Adapter Adapter
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return _adapter;
        }
    }

    /// <summary>Lets go of the adapter.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _adapter.Release();
    }

    internal static AdapterLease? Of(Adapter adapter) => adapter.TryAcquire() ? new(adapter) : null;
}
