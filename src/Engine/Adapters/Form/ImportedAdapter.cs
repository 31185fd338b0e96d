using System.Collections.Immutable;

namespace Graft.Adapters.Form;

/// <summary>An adapter as its files describe it, independent of any model.</summary>
/// <param name="Method">The method's name, such as <c>LORA</c>.</param>
/// <param name="Traits">What can be done with it.</param>
/// <param name="Changes">What it does, module by module.</param>
/// <param name="ByteCount">Bytes of its tensors.</param>
internal sealed record ImportedAdapter(string Method, Methods.MethodTraits Traits, ImmutableArray<IModuleChange> Changes, long ByteCount)
{
    /// <summary>What attention sees before the sequence, or null.</summary>
    public KeyValuePrefix? Prefix { get; init; }

    /// <summary>What it does besides, where the files leave its modules to the base; null when they name them all.</summary>
    public Func<BaseSizes, IEnumerable<IModuleChange>>? ForBase { get; init; }

    /// <summary>The adapter with all its changes of this base.</summary>
    public ImportedAdapter On(Func<BaseSizes> modules) => ForBase is null ? this : this with { Changes = [.. Changes, .. ForBase(modules())], ForBase = null };

    /// <summary>What the files call the model that the adapter was trained on; null when they do not say.</summary>
    public string? BaseName { get; init; }
}
