namespace Graft;

/// <summary>Keeps the adapters of a mixed batch in memory until it is disposed.</summary>
public sealed class RowsLease : IDisposable
{
    private readonly RowAdapters _rows;
    private readonly AdapterLease[] _leases;
    private int _disposed;

    internal RowsLease(RowAdapters rows, AdapterLease[] leases) => (_rows, _leases) = (rows, leases);

    /// <summary>The adapters, row by row.</summary>
    /// <exception cref="ObjectDisposedException">The lease has been disposed.</exception>
    public RowAdapters Rows
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return _rows;
        }
    }

    /// <summary>Lets go of the adapters.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        foreach (var lease in _leases) lease.Dispose();
    }
}
