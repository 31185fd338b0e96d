using System.Collections.Immutable;

namespace Graft;

/// <summary>How an adapter is loaded and bound.</summary>
public sealed class AdapterOptions
{
    /// <summary>The adapter's name; that of its folder or file when null.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// A binding map, as <c>graft adapter bind</c> writes it: which layers of the model are which modules of the base. When null,
    /// <c>graft_binding.json</c> in the adapter's folder, or beside its file, counts, and without it, names and values decide.
    /// </summary>
    public string? BindingMap { get; init; }

    /// <summary>
    /// The base's weights (<c>.safetensors</c>, or the folder in which <c>model.safetensors</c> is): evidence for binding when there is no map, and the source of position rows that a prefix
    /// needs and the model lacks.
    /// </summary>
    public string? BaseWeights { get; init; }

    /// <summary>A factor on the adapter's own scale; 1 is as trained.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>
    /// Channels of one attention head of the base, for GGUF files of Llama: their queries and keys have another order of rows in each head, and
    /// converters do not write its size into adapters. 0 when unknown.
    /// </summary>
    public int HeadSize { get; init; }

    /// <summary>
    /// For a PEFT folder whose modules have other names than in the base: regular expressions and replacements for the names of its tensors, as
    /// PEFT's <c>key_mapping</c> takes them. Paths that differ at their beginnings only, by the class of the base or the version of transformers,
    /// need none.
    /// </summary>
    public ImmutableArray<(string Pattern, string Replacement)> KeyMapping { get; init; } = [];

    /// <summary>Accepts an adapter without any effect.</summary>
    public bool AllowInactive { get; init; }

    /// <summary>Accepts that some of the adapter's modules are not in the model; <see cref="Adapter.Dropped"/> lists them.</summary>
    public bool Partial { get; init; }
}
