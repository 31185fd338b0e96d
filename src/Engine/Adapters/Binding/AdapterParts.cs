using System.Collections.Immutable;
using Graft.Adapters.Form;

namespace Graft.Adapters.Binding;

/// <summary>What an adapter was bound from: one imported adapter, or several that act together, each with its scale.</summary>
internal sealed record AdapterParts(ImmutableArray<(ImportedAdapter Imported, float Scale)> Adapters, BindingMap Map, bool IsPartial)
{
    /// <summary>The base's weights, for what the model has only a part of; null when they were not given.</summary>
    public string? BaseWeights { get; init; }
}
