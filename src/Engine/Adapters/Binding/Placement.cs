using System.Collections.Immutable;
using Graft.Adapters.Form;

namespace Graft.Adapters.Binding;

/// <summary>How an operand of a node holds the parameter of a module.</summary>
internal enum Orientation
{
    /// <summary>(out, in), as a fully connected layer has it.</summary>
    Rows,

    /// <summary>(in, out), as the right factor of a product has it.</summary>
    Columns,

    /// <summary>(out, height, width, channels of the group): a convolution.</summary>
    Filter,

    /// <summary>(1, height, width, out): a depthwise convolution.</summary>
    DepthwiseFilter,

    /// <summary>(vocabulary, dim): the table of a look-up.</summary>
    Table,

    /// <summary>(vocabulary, dim) as the weights of a fully connected layer: an embedding that is also the output layer.</summary>
    TableAsRows,

    /// <summary>(dim, vocabulary), as the right factor of a product has it: the same.</summary>
    TableAsColumns,

    /// <summary>Rows of an embedding that converters looked up already: (count, dim), maybe repeated, added as a constant.</summary>
    ConstantRows,

    /// <summary>A vector that multiplies: the weight of a norm.</summary>
    Vector,

    /// <summary>A vector that is added: the bias of a norm.</summary>
    BiasVector,
}

/// <summary>A vector that a converter multiplied into weights, or null for ones: where it comes from, and its values.</summary>
/// <param name="Source">The parameter of the base that it is, such as <c>bert.embeddings.LayerNorm.weight</c>; empty when it has no name.</param>
/// <param name="Values">Its elements.</param>
internal sealed record FoldedVector(string Source, ImmutableArray<float> Values);

/// <summary>
/// Where a module of the base is in the model: an operand of a node, and what the converter folded into it. The node computes
/// f * (W (g * n + beta) + b) + c from its input n, where the module computes W x + b.
/// </summary>
internal sealed record Placement
{
    public required int Subgraph { get; init; }

    /// <summary>The node's index in the file.</summary>
    public required int Node { get; init; }

    /// <summary>Which of the node's inputs holds the weight.</summary>
    public required int Operand { get; init; }

    public required Orientation Orientation { get; init; }

    /// <summary>Whether an embedding is the weight of an output layer here.</summary>
    public bool IsTied => Orientation is Orientation.TableAsRows or Orientation.TableAsColumns;

    /// <summary>The same weight of an output layer as an embedding.</summary>
    public Placement AsTied() => this with { Orientation = Orientation == Orientation.Columns ? Orientation.TableAsColumns : Orientation.TableAsRows };

    /// <summary>The first of the node's outputs that belongs to the module: not 0 where modules were joined.</summary>
    public int FirstRow { get; init; }

    /// <summary>Of constant rows: the first one, and how many the table has.</summary>
    public (int First, int Total) TableRows { get; init; }

    /// <summary>c: what is added behind f, as from a batch norm that was folded.</summary>
    public FoldedVector? OutputOffset { get; init; }

    /// <summary>f: factors of the outputs.</summary>
    public FoldedVector? RowFactor { get; init; }

    /// <summary>g: factors of the inputs.</summary>
    public FoldedVector? ColumnFactor { get; init; }

    /// <summary>beta: what was added to the inputs.</summary>
    public FoldedVector? InputOffset { get; init; }
}

/// <summary>A module of the base, and every place that holds it.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Placements">Where it is; more than one for tied weights and for models with several signatures.</param>
/// <param name="Evidence">How surely.</param>
internal sealed record ModuleBinding(string Name, ModuleKind Kind, ImmutableArray<Placement> Placements, BindingEvidence Evidence);

/// <summary>What a binding rests on.</summary>
internal enum BindingEvidence
{
    /// <summary>A map that was given.</summary>
    Map,

    /// <summary>The weights' values equal those of the base.</summary>
    Values,

    /// <summary>Names in the model.</summary>
    Names,

    /// <summary>The shape of the graph: as many places of a kind as the adapter has layers.</summary>
    Graph,
}

/// <summary>Which modules of a base are where in a model.</summary>
internal sealed record BindingMap(IReadOnlyDictionary<string, ModuleBinding> Modules);
