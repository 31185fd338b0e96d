using System.Collections.Immutable;

namespace Graft.Runtime;

/// <summary>
/// What is bound to the adapter slots of a model: one immutable snapshot, exchanged whole and read once per Invoke, so that a change
/// during a run takes effect with the next one. One set for all rows, or several sets shared out over the rows of a batch or over tokens.
/// </summary>
internal class Bindings
{
    /// <summary>Nothing bound.</summary>
    public static readonly Bindings None = new([]);

    private readonly object?[] _slots;

    public Bindings(object?[] slots) => _slots = slots;

    /// <summary>What is bound to a slot, for all rows; null when it is empty.</summary>
    public object? this[int slot] => (uint)slot < (uint)_slots.Length ? _slots[slot] : null;

    /// <summary>Constants that other values stand in for during the run.</summary>
    public ImmutableArray<ConstantOverride> Overrides { get; init; } = [];

    /// <summary>Floats of working memory that a worker needs for a block of rows.</summary>
    public int WorkspaceLength { get; init; }

    /// <summary>True when rows differ in what is bound.</summary>
    public virtual bool IsMixed => false;

    /// <summary>Whether any row has something bound to the slot.</summary>
    public virtual bool Binds(int slot) => this[slot] is not null;

    /// <summary>
    /// What is bound to a slot for a row of a node; <paramref name="count"/> rows are cut down to those that share it.
    /// </summary>
    public virtual object? For(int slot, int row, RowLayout layout, ref int count) => this[slot];

    /// <summary>Holds the bound memory for a run; false when it is gone.</summary>
    public virtual bool TryAcquire() => true;

    public virtual void Release()
    {
    }
}

/// <summary>A constant of the optimised graph whose bytes an adapter replaces.</summary>
/// <param name="Subgraph">Its subgraph.</param>
/// <param name="Tensor">Its index there.</param>
/// <param name="Memory">As many bytes as the constant has.</param>
internal readonly record struct ConstantOverride(int Subgraph, int Tensor, NativeBuffer Memory);
