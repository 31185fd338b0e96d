using System.Collections.Immutable;
using Graft.Adapters.Binding;
using Graft.Adapters.Export;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Running;
using Graft.Ops.Adapted;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// An adapter bound to one model: read, checked, packed, and ready to be made active on any number of interpreters. Immutable. Make it with
/// <see cref="Model.LoadAdapter(string, AdapterOptions?)"/>.
/// </summary>
public sealed class Adapter : AdapterSelection, IDisposable
{
    private readonly BoundSlots _slots;
    private int _references = 1;
    private int _disposed;

    internal Adapter(Model model, string name, AdapterParts parts, BoundSlots slots) : base(model)
    {
        (Name, Parts, _slots) = (name, parts, slots);
        int length = 1;
        foreach (object? slot in slots.Slots)
        {
            if (slot is SlotDelta delta) length = Math.Max(length, DeltaBlocks.RowsMax * (delta.WorkspaceLength + delta.PatchLength));
            if (slot is PrefixDelta prefix) length = Math.Max(length, AdaptedAttention.RowsMax * (prefix.WorkspaceLength + 2 * prefix.HeadSize + 1));
            if (slot is LookupDelta lookup) length = Math.Max(length, lookup.Length);
        }
        Bindings = new Held(this, slots.Slots) { Overrides = [.. slots.Overrides], WorkspaceLength = length };
    }

    /// <summary>The adapter's name: that of its folder unless another was given.</summary>
    public string Name { get; }

    /// <summary>The method, as PEFT names it: <c>LORA</c>; several with a plus between them where adapters were combined.</summary>
    public string Method => string.Join('+', Parts.Adapters.Select(p => p.Imported.Method).Distinct());

    /// <summary>Bytes of memory that the packed adapter holds.</summary>
    public long ByteCount => _slots.ByteCount;

    /// <summary>Every module of the adapter with the node that it was bound to, and on what evidence.</summary>
    public ImmutableArray<AdapterModule> Modules => [.. _slots.Modules];

    /// <summary>Modules that are not in the model; empty unless <see cref="AdapterOptions.Partial"/> was set.</summary>
    public ImmutableArray<string> Dropped => [.. _slots.Dropped];

    internal AdapterParts Parts { get; }

    internal override Bindings Bindings { get; }

    /// <summary>
    /// Writes the map that this adapter is bound by, for <see cref="AdapterOptions.BindingMap"/>: devices then need neither the base's weights nor
    /// names. Where values told, it has all modules of the base, otherwise those of the adapter.
    /// </summary>
    /// <param name="path">Where the map goes; a file of that name is replaced once the new one is complete.</param>
    public void WriteBindingMap(string path) => BindingMapFile.Write(path, Parts.Map, Model.Optimized);

    /// <summary>
    /// Writes the adapter as a folder of Hugging Face PEFT: plain LoRA, with its scale. Several that act together, or were combined, become one.
    /// Equal adapters give equal bytes.
    /// </summary>
    /// <param name="folder">The folder, which must not exist.</param>
    /// <param name="overwrite">Replaces a folder that exists and holds such files only.</param>
    /// <exception cref="AdapterException">The adapter is no plain LoRA; the message names the module and the method.</exception>
    /// <exception cref="IOException">The folder exists, or cannot be written; what was there is as before.</exception>
    public void Save(string folder, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            AdapterExport.Write(Parts.Adapters, folder, overwrite);
        }
        catch (AdapterException e)
        {
            throw new AdapterException($"adapter \"{Name}\": {e.Message}", e);
        }
    }

    /// <summary>Frees the adapter's memory once no interpreter uses it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Release();
    }

    internal override bool TryAcquire()
    {
        while (true)
        {
            int count = Volatile.Read(ref _references);
            if (count == 0) return false;
            if (Interlocked.CompareExchange(ref _references, count + 1, count) == count) return true;
        }
    }

    internal override void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) _slots.Dispose();
    }

    /// <summary>Refuses what cannot differ between the rows of a batch.</summary>
    internal void RequireBatchable()
    {
        if (!Parts.Adapters.All(p => p.Imported.Traits.HasFlag(MethodTraits.Batchable)))
            throw new AdapterException($"adapter \"{Name}\": {Method} cannot be mixed with others in one batch");
        if (!Bindings.Overrides.IsEmpty)
            throw new AdapterException($"adapter \"{Name}\": it replaces constants of the model (vectors of norms, rows of positions), which cannot differ between the rows of a batch");
    }

    /// <summary>Refuses what cannot differ between the tokens of a sequence.</summary>
    internal void RequireTokenwise()
    {
        RequireBatchable();
        string? reason = _slots.Slots.Any(s => s is PrefixDelta) ? "it puts keys and values before whole sequences"
            : _slots.Slots.Any(s => s is SlotDelta delta && Array.Exists(delta.Functions, f => f.Ends is not null)) ? "it acts at the ends of whole sequences" : null;
        if (reason is not null) throw new AdapterException($"adapter \"{Name}\": {Method} cannot be mixed with others in one sequence, since {reason}; give it sequences of its own, with RowAdapters");
    }

    private sealed class Held(Adapter adapter, object?[] slots) : Bindings(slots)
    {
        public override bool TryAcquire() => adapter.TryAcquire();

        public override void Release() => adapter.Release();
    }
}
