namespace Graft;

/// <summary>
/// Many adapters of one model by name: read when first asked for, kept while they fit in a memory limit, the least recently used evicted
/// first. Whoever holds an <see cref="AdapterLease"/> keeps that version, whatever becomes of the name. Safe for any number of threads.
/// </summary>
/// <param name="model">The model that all adapters are bound to; it must outlive the store.</param>
/// <param name="memoryLimit">Bytes that resident adapters may take together; leases count while they are resident.</param>
public sealed class AdapterStore(Model model, long memoryLimit = long.MaxValue) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private string? _default;
    private bool _disposed;

    /// <summary>Bytes that resident adapters may take together.</summary>
    public long MemoryLimit { get; } = memoryLimit > 0 ? memoryLimit : throw new ArgumentOutOfRangeException(nameof(memoryLimit), memoryLimit, "a limit must be positive");

    /// <summary>Bytes of packed adapters that are resident now.</summary>
    public long ByteCount { get; private set; }

    /// <summary>How many different adapters <see cref="GetRows"/> mixes in one batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public int BatchLimit
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "a limit must be positive");
    } = int.MaxValue;

    /// <summary>What is known, in the order of names.</summary>
    public IReadOnlyList<StoredAdapter> Adapters
    {
        get
        {
            lock (_gate) return [.. _entries.Values.OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => new StoredAdapter(e.Name, e.Path, e.Resident?.ByteCount, e.IsPinned))];
        }
    }

    /// <summary>The adapter that <see cref="GetDefault"/> gives; null for none.</summary>
    /// <exception cref="KeyNotFoundException">There is no adapter of that name.</exception>
    public string? Default
    {
        get
        {
            lock (_gate) return _default;
        }
        set
        {
            lock (_gate)
            {
                if (value is not null) Find(value);
                _default = value;
            }
        }
    }

    /// <summary>Makes an adapter known under a name; its files are read when it is first asked for.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string name, string path, AdapterOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_entries.TryAdd(name, new(name, path, options ?? new()))) throw new ArgumentException($"there is an adapter \"{name}\" already; remove it first", nameof(name));
        }
    }

    /// <summary>Forgets an adapter. Leases of it stay valid.</summary>
    /// <returns>False when there was none of that name.</returns>
    public bool Remove(string name)
    {
        lock (_gate)
        {
            if (!_entries.Remove(name, out var entry)) return false;
            Evict(entry);
            if (_default == name) _default = null;
            return true;
        }
    }

    /// <summary>Keeps an adapter resident, once it is, whatever the limit; or no longer.</summary>
    /// <exception cref="KeyNotFoundException">There is no adapter of that name.</exception>
    public void Pin(string name, bool isPinned = true)
    {
        lock (_gate) Find(name).IsPinned = isPinned;
    }

    /// <summary>The adapter of a name, read now if it is not resident.</summary>
    /// <exception cref="KeyNotFoundException">There is no adapter of that name.</exception>
    /// <exception cref="AdapterException">It cannot be loaded, or does not fit in the limit beside what is pinned; the store is as before.</exception>
    public AdapterLease Get(string name) => TryGet(name) ?? Lease(name, LoadOnce(name).GetAwaiter().GetResult());

    /// <summary>The same without blocking; a cancelled caller leaves the reading to others that wait for it.</summary>
    public async Task<AdapterLease> GetAsync(string name, CancellationToken cancellation = default) =>
        TryGet(name) ?? Lease(name, await LoadOnce(name).WaitAsync(cancellation).ConfigureAwait(false));

    /// <summary>The adapter of a name if it is resident, otherwise null: never reads a file.</summary>
    /// <exception cref="KeyNotFoundException">There is no adapter of that name.</exception>
    public AdapterLease? TryGet(string name)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var entry = Find(name);
            if (entry.Resident is not { } adapter) return null;
            Touch(entry);
            return AdapterLease.Of(adapter);
        }
    }

    /// <summary>The default adapter; null when there is none.</summary>
    public AdapterLease? GetDefault() => Default is { } name ? Get(name) : null;

    /// <summary>Adapters for the rows of a batch by their names, null for the plain model; those that are not resident are read now.</summary>
    /// <exception cref="ArgumentException">There are more different adapters than <see cref="BatchLimit"/>; none was read. Or there are no names.</exception>
    /// <exception cref="KeyNotFoundException">There is no adapter of one of the names.</exception>
    /// <exception cref="AdapterException">One cannot be loaded or mixed, or all of them do not fit in the limit.</exception>
    public RowsLease GetRows(params ReadOnlySpan<string?> names)
    {
        var leases = new Dictionary<string, AdapterLease>(StringComparer.Ordinal);
        string[] different = [.. names.ToArray().OfType<string>().Distinct(StringComparer.Ordinal)];
        if (different.Length > BatchLimit) throw new ArgumentException($"{different.Length} different adapters in one batch exceed the limit of {BatchLimit}", nameof(names));
        try
        {
            foreach (string name in different) leases.Add(name, Get(name));
            var rows = new Adapter?[names.Length];
            for (int i = 0; i < rows.Length; i++) rows[i] = names[i] is { } name ? leases[name].Adapter : null;
            return new(new RowAdapters(rows), [.. leases.Values]);
        }
        catch
        {
            foreach (var lease in leases.Values) lease.Dispose();
            throw;
        }
    }

    /// <summary>Reads an adapter in the background, so that a later request finds it resident.</summary>
    public async Task PrefetchAsync(string name, CancellationToken cancellation = default)
    {
        using var lease = await GetAsync(name, cancellation).ConfigureAwait(false);
    }

    /// <summary>Frees all adapters that nobody holds any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var entry in _entries.Values) Evict(entry);
            _entries.Clear();
        }
    }

    private Task<Adapter> LoadOnce(string name)
    {
        lock (_gate)
        {
            var entry = Find(name);
            // It may have become resident since the caller looked.
            return entry.Resident is { } adapter ? Task.FromResult(adapter) : entry.Loading ??= Task.Run(() => Load(entry));
        }
    }

    private Adapter Load(Entry entry)
    {
        try
        {
            var adapter = model.LoadAdapter(entry.Path, entry.Options, entry.Name);
            lock (_gate)
            {
                try
                {
                    Admit(entry, adapter);
                }
                catch
                {
                    adapter.Dispose();
                    throw;
                }
            }
            return adapter;
        }
        finally
        {
            lock (_gate) entry.Loading = null;
        }
    }

    private void Admit(Entry entry, Adapter adapter)
    {
        bool isKnown = !_disposed && _entries.GetValueOrDefault(entry.Name) == entry;
        if (!isKnown) throw new AdapterException($"adapter \"{entry.Name}\" was removed while it was read");
        long pinned = _byUse.Where(e => e.IsPinned).Sum(e => e.Resident!.ByteCount);
        if (adapter.ByteCount > MemoryLimit - pinned)
            throw new AdapterException($"adapter \"{entry.Name}\": its {adapter.ByteCount:N0} bytes do not fit in the limit of {MemoryLimit:N0}, of which {pinned:N0} are pinned");
        for (var last = _byUse.Last; last is not null && ByteCount > MemoryLimit - adapter.ByteCount;)
        {
            var (candidate, previous) = (last.Value, last.Previous);
            if (!candidate.IsPinned) Evict(candidate);
            last = previous;
        }
        entry.Resident = adapter;
        entry.Use = _byUse.AddFirst(entry);
        ByteCount += adapter.ByteCount;
    }

    /// <summary>A lease of what was just read; read again in the rare case that it was evicted in between.</summary>
    private AdapterLease Lease(string name, Adapter adapter)
    {
        while (true)
        {
            if (adapter.TryAcquire()) return new(adapter);
            adapter = LoadOnce(name).GetAwaiter().GetResult();
        }
    }

    private Entry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _entries.TryGetValue(name, out var entry) ? entry
            : throw new KeyNotFoundException($"there is no adapter \"{name}\" in the store; it has {(_entries.Count == 0 ? "none" : string.Join(", ", _entries.Keys.Order(StringComparer.Ordinal).Take(8)))}");
    }

    private void Touch(Entry entry)
    {
        if (_byUse.First == entry.Use) return;
        _byUse.Remove(entry.Use!);
        _byUse.AddFirst(entry.Use!);
    }

    private void Evict(Entry entry)
    {
        if (entry.Resident is not { } adapter) return;
        ByteCount -= adapter.ByteCount;
        _byUse.Remove(entry.Use!);
        (entry.Resident, entry.Use) = (null, null);
        adapter.Dispose();
    }

    private sealed class Entry(string name, string path, AdapterOptions options)
    {
        public string Name { get; } = name;

        public string Path { get; } = path;

        public AdapterOptions Options { get; } = options;

        public bool IsPinned { get; set; }

        public Adapter? Resident { get; set; }

        public LinkedListNode<Entry>? Use { get; set; }

        public Task<Adapter>? Loading { get; set; }
    }
}

/// <summary>What a store knows of an adapter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where its files are.</param>
/// <param name="ByteCount">Bytes that it takes; null while it is not resident.</param>
/// <param name="IsPinned">Whether it is kept whatever the limit.</param>
public sealed record StoredAdapter(string Name, string Path, long? ByteCount, bool IsPinned);
