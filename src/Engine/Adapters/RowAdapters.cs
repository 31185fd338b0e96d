using System.Collections.Immutable;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// One adapter, or none, for each row of a batch. Row i of the leading dimension of every adapted layer's input belongs to entry i; where a
/// layer has more rows, as with tokens, each entry has an equal share of consecutive ones. A row has the bits that it would have in a batch
/// of the same shape that uses its adapter alone, except where a model quantises a whole tensor by its largest element.
/// </summary>
public sealed class RowAdapters : AdapterSelection
{
    private readonly ImmutableArray<Adapter?> _rows;

    /// <param name="rows">An adapter for each row; null for the plain model.</param>
    /// <exception cref="ArgumentException">There are no rows or only null ones, or adapters of different models.</exception>
    /// <exception cref="AdapterException">An adapter cannot be mixed; the message names it and the reason.</exception>
    public RowAdapters(params ReadOnlySpan<Adapter?> rows) : base(First(rows).Model)
    {
        _rows = [.. rows];
        var sets = new List<Adapter>();
        var setOf = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            setOf[i] = -1;
            if (rows[i] is not { } adapter) continue;
            if (adapter.Model != Model) throw new ArgumentException($"adapter \"{adapter.Name}\" is bound to another model than \"{First(rows).Name}\"", nameof(rows));
            adapter.RequireBatchable();
            setOf[i] = sets.IndexOf(adapter);
            if (setOf[i] >= 0) continue;
            setOf[i] = sets.Count;
            sets.Add(adapter);
        }
        Bindings = new MixedBindings(this, [.. sets.Select(s => s.Bindings)], setOf);
    }

    /// <summary>The adapter of each row.</summary>
    public ImmutableArray<Adapter?> Rows => _rows;

    internal override Bindings Bindings { get; }

    internal override bool TryAcquire()
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            if (_rows[i] is null || _rows[i]!.TryAcquire()) continue;
            while (--i >= 0) _rows[i]?.Release();
            return false;
        }
        return true;
    }

    internal override void Release()
    {
        foreach (var adapter in _rows) adapter?.Release();
    }

    private static Adapter First(ReadOnlySpan<Adapter?> rows)
    {
        foreach (var adapter in rows)
        {
            if (adapter is not null) return adapter;
        }
        throw new ArgumentException("no row has an adapter; set the interpreter's adapter to null instead", nameof(rows));
    }

    /// <summary>Several sets of bindings, shared out over the rows.</summary>
    private sealed class MixedBindings : Bindings
    {
        private readonly RowAdapters _owner;
        private readonly Bindings[] _sets;
        private readonly int[] _setOf;

        public MixedBindings(RowAdapters owner, Bindings[] sets, int[] setOf) : base([])
        {
            (_owner, _sets, _setOf) = (owner, sets, setOf);
            WorkspaceLength = sets.Max(s => s.WorkspaceLength);
        }

        public override bool IsMixed => true;

        public override bool Binds(int slot) => Array.Exists(_sets, s => s.Binds(slot));

        public override object? For(int slot, int row, int rows, ref int count)
        {
            if (rows % _setOf.Length != 0) StepFault.Raise($"its {rows} rows cannot be shared out over {_setOf.Length} adapters");
            int share = rows / _setOf.Length, entry = row / share, set = _setOf[entry];
            int last = entry + 1;
            while (last < _setOf.Length && _setOf[last] == set) last++;
            count = Math.Min(count, last * share - row);
            return set < 0 ? null : _sets[set][slot];
        }

        public override bool TryAcquire() => _owner.TryAcquire();

        public override void Release() => _owner.Release();
    }
}
