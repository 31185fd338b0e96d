namespace Graft.Runtime;

/// <summary>
/// What is bound to the adapter slots of a model: one immutable snapshot, exchanged whole and read once per Invoke, so that a change
/// during a run takes effect with the next one.
/// </summary>
internal sealed class Bindings
{
    /// <summary>Nothing bound.</summary>
    public static readonly Bindings None = new([]);

    private readonly object?[] _slots;

    public Bindings(object?[] slots) => _slots = slots;

    /// <summary>What is bound to a slot; null when it is empty.</summary>
    public object? this[int slot] => (uint)slot < (uint)_slots.Length ? _slots[slot] : null;
}
