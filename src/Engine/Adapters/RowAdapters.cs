using System.Collections.Immutable;
using Graft.Adapters;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// One adapter, or none, for each row of a batch. Row i of the leading dimension of every adapted layer's input belongs to entry i; where a
/// layer has more rows, as with tokens, each entry has an equal share of consecutive ones. A row has the bits that it would have in a batch
/// of the same shape that uses its adapter alone, except where a model quantises a whole tensor by its largest element.
/// </summary>
public sealed class RowAdapters : AdapterSelection
{
    /// <param name="rows">An adapter for each row; null for the plain model.</param>
    /// <exception cref="ArgumentException">There are no rows or only null ones, or adapters of different models.</exception>
    /// <exception cref="AdapterException">An adapter cannot be mixed; the message names it and the reason.</exception>
    public RowAdapters(params ReadOnlySpan<Adapter?> rows) : base(MixedBindings.First(rows).Model)
    {
        Rows = [.. rows];
        Bindings = new Shares(rows);
        foreach (var adapter in rows) adapter?.RequireBatchable();
    }

    /// <summary>The adapter of each row.</summary>
    public ImmutableArray<Adapter?> Rows { get; }

    internal override Bindings Bindings { get; }

    internal override bool TryAcquire() => Bindings.TryAcquire();

    internal override void Release() => Bindings.Release();

    /// <summary>Equal shares of a node's rows.</summary>
    private sealed class Shares(ReadOnlySpan<Adapter?> entries) : MixedBindings(entries)
    {
        public override object? For(int slot, int row, RowLayout layout, ref int count)
        {
            if (layout.Rows % Numbers.Length != 0) StepFault.Raise($"its {layout.Rows} rows cannot be shared out over {Numbers.Length} adapters");
            int share = layout.Rows / Numbers.Length, entry = row / share, number = Numbers[entry];
            int last = entry + 1;
            while (last < Numbers.Length && Numbers[last] == number) last++;
            count = Math.Min(count, last * share - row);
            return Bound(number, slot);
        }
    }
}
