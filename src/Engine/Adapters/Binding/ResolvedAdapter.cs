using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Runtime;

namespace Graft.Adapters.Binding;

/// <summary>What an adapter does to a model, node by node: to be packed for running beside the weights, or to be merged into them.</summary>
/// <param name="SlotCount">Slots of the model.</param>
/// <param name="Slots">By slot, what is added to a matrix node.</param>
/// <param name="Lookups">By slot, what is added to a table.</param>
/// <param name="Prefixes">By slot, what an attention sees before the sequence.</param>
/// <param name="Overrides">Constants with new values.</param>
/// <param name="Modules">What was bound where.</param>
/// <param name="Dropped">Modules that are not in the model.</param>
/// <param name="IsActive">Whether anything changes at all.</param>
internal sealed record ResolvedAdapter(int SlotCount, IReadOnlyDictionary<int, (SlotBuilder Builder, NodeSite Site)> Slots,
    IReadOnlyDictionary<int, (LinearTerms Terms, NodeSite Site)> Lookups, IReadOnlyDictionary<int, PrefixSite> Prefixes, ConstantOverride[] Overrides, AdapterModule[] Modules, string[] Dropped, bool IsActive)
{
    /// <summary>By slot, functions of what a node yields.</summary>
    public required IReadOnlyDictionary<int, SlotBuilder> Outputs { get; init; }

    public BoundSlots Pack()
    {
        var slots = new object?[SlotCount];
        foreach (var (slot, (builder, site)) in Slots) slots[slot] = builder.Build(site.OwnBias());
        foreach (var (slot, (terms, _)) in Lookups) slots[slot] = new LookupDelta(terms);
        foreach (var (slot, builder) in Outputs) slots[slot] = builder.Build(null);
        foreach (var (slot, site) in Prefixes) slots[slot] = site.Pack();
        return new(slots, Overrides, Modules, Dropped);
    }

    public void Dispose()
    {
        foreach (var one in Overrides) one.Memory.Dispose();
    }
}

/// <summary>The packed form: a delta for each slot or null, and replaced constants.</summary>
internal sealed record BoundSlots(object?[] Slots, ConstantOverride[] Overrides, AdapterModule[] Modules, string[] Dropped)
{
    public long ByteCount => Slots.Sum(s => s switch { SlotDelta d => d.ByteCount, LookupDelta l => l.ByteCount, PrefixDelta p => p.ByteCount, _ => 0 }) + Overrides.Sum(o => o.Memory.ByteCount);

    public void Dispose()
    {
        foreach (object? slot in Slots) (slot as IDisposable)?.Dispose();
        foreach (var one in Overrides) one.Memory.Dispose();
    }
}
