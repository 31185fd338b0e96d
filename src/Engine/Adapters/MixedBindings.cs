using Graft.Runtime;

namespace Graft.Adapters;

/// <summary>Bindings of several adapters of one model, each of which is bound for some rows.</summary>
internal abstract class MixedBindings : Bindings
{
    private readonly List<Adapter> _adapters = [];
    private readonly Bindings[] _sets;

    /// <param name="entries">Adapters, or null for none; the same one may occur several times.</param>
    /// <exception cref="ArgumentException">They are bound to different models.</exception>
    protected MixedBindings(ReadOnlySpan<Adapter?> entries) : base([])
    {
        Numbers = new int[entries.Length];
        for (int i = 0; i < entries.Length; i++) Numbers[i] = Number(entries[i]);
        _sets = [.. _adapters.Select(a => a.Bindings)];
        WorkspaceLength = _sets.Select(s => s.WorkspaceLength).DefaultIfEmpty().Max();
    }

    public override bool IsMixed => true;

    /// <summary>For each entry a number, the same for equal ones; -1 for none.</summary>
    protected int[] Numbers { get; }

    /// <exception cref="ArgumentException">There is none.</exception>
    public static Adapter First(ReadOnlySpan<Adapter?> entries)
    {
        foreach (var adapter in entries)
        {
            if (adapter is not null) return adapter;
        }
        throw new ArgumentException("no row has an adapter; set the interpreter's adapter to null instead");
    }

    // A loop, since a lambda would allocate in every run.
    public override bool Binds(int slot)
    {
        foreach (var set in _sets)
        {
            if (set.Binds(slot)) return true;
        }
        return false;
    }

    public override bool TryAcquire()
    {
        for (int i = 0; i < _adapters.Count; i++)
        {
            if (_adapters[i].TryAcquire()) continue;
            while (--i >= 0) _adapters[i].Release();
            return false;
        }
        return true;
    }

    public override void Release()
    {
        foreach (var adapter in _adapters) adapter.Release();
    }

    /// <summary>What the adapter of a number has bound to the slot.</summary>
    protected object? Bound(int number, int slot) => number < 0 ? null : _sets[number][slot];

    private int Number(Adapter? adapter)
    {
        if (adapter is null) return -1;
        int number = _adapters.IndexOf(adapter);
        if (number >= 0) return number;
        if (_adapters.Count > 0 && adapter.Model != _adapters[0].Model)
            throw new ArgumentException($"adapter \"{adapter.Name}\" is bound to another model than \"{_adapters[0].Name}\"");
        _adapters.Add(adapter);
        return _adapters.Count - 1;
    }
}
