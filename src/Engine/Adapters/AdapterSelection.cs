using Graft.Runtime;

namespace Graft;

/// <summary>
/// What an interpreter runs with: an <see cref="Adapter"/>, <see cref="RowAdapters"/> for a batch whose rows differ, or <see cref="TokenAdapters"/> for
/// sequences whose tokens differ. Immutable; setting it on an interpreter exchanges a reference.
/// </summary>
public abstract class AdapterSelection
{
    private protected AdapterSelection(Model model) => Model = model;

    internal Model Model { get; }

    internal abstract Bindings Bindings { get; }

    /// <summary>Adds a user of the memory behind it; false when it has been disposed.</summary>
    internal abstract bool TryAcquire();

    internal abstract void Release();
}
