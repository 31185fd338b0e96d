using System.Collections.Immutable;

namespace Graft.Graphs;

/// <summary>
/// Where a node or tensor of an optimised graph comes from: the indices of the source nodes (or of the source tensor) it stands for.
/// The profiler, comparison, the writer and adapters speak of source indices.
/// </summary>
internal readonly record struct Origin(ImmutableArray<int> Sources)
{
    public Origin(int source) : this([source])
    {
    }

    public int First => Sources[0];

    /// <summary>Of several nodes the one that gives the result.</summary>
    public int Last => Sources[^1];

    public static Origin Merge(params ReadOnlySpan<Origin> origins)
    {
        var all = new SortedSet<int>();
        foreach (var origin in origins) all.UnionWith(origin.Sources);
        return new([.. all]);
    }
}
