using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Adapted;

namespace Graft.Adapters.Binding;

/// <summary>
/// Finds the attentions that a prefix belongs to. They run in the order of the layers, since each layer needs the one before it; so a
/// subgraph with as many attentions as the prefix has layers leaves no doubt, and any other number is refused.
/// </summary>
internal static class PrefixBinder
{
    public static IEnumerable<(int Slot, PrefixSite Site)> Bind(Graph graph, BindingMap map, KeyValuePrefix prefix)
    {
        bool isBound = false;
        foreach (var subgraph in graph.Subgraphs)
        {
            var found = subgraph.Nodes.Select(n => (Node: n, Attention: Attention.Find(subgraph, n))).Where(p => p.Attention is not null).OrderBy(p => p.Node.Index).ToArray();
            if (found.Length == 0) continue;
            if (found.Length != prefix.Layers)
                throw new AdapterException($"the prefix is for {prefix.Layers} layers, but {found.Length} attentions were found in subgraph {subgraph.Index}");
            for (int layer = 0; layer < found.Length; layer++) yield return (found[layer].Node.Slot, Site(subgraph, found[layer].Node, found[layer].Attention!.Value, prefix, layer) with { Gates = Gates(subgraph, map, found[layer].Attention!.Value, prefix.Gates?[layer]) });
            isBound = true;
        }
        if (!isBound) throw new AdapterException("no attention was found in the model: products with the keys and with the values and a SOFTMAX between them");
    }

    /// <summary>The gates as the node sees the hidden states that makes the queries.</summary>
    private static PrefixGates? Gates(Subgraph subgraph, BindingMap map, Attention attention, PrefixGates? gates)
    {
        if (gates is null) return null;
        var placement = attention.Projection is not { } projection || !map.Modules.TryGetValue(gates.Module, out var binding) ? null
            : binding.Placements.FirstOrDefault(p => p.Subgraph == subgraph.Index && projection.Origin.Sources.Contains(p.Node));
        if (placement is null) throw new AdapterException($"module \"{gates.Module}\": the prefix has a gate that sees its input, but this module is not bound to what makes the queries of that layer");
        return gates.Folded(placement.ColumnFactor?.Values.ToArray(), placement.InputOffset?.Values.ToArray());
    }

    private static PrefixSite Site(Subgraph subgraph, Node node, Attention attention, KeyValuePrefix prefix, int layer)
    {
        string where = Errors.Throw.Describe(subgraph, node);
        int size = subgraph.Tensors[attention.Query].Shape[^1];
        if (size != (prefix.HeadSize ?? size) || size == 0 || prefix.Width % size != 0)
            throw new AdapterException($"{where}: heads have {size} elements, those of the prefix {prefix.HeadSize ?? prefix.Width}");
        var keys = prefix.Keys(layer, size);
        bool isTurned = false;
        if (prefix.MovesPositions && RotaryAngles.Turn(subgraph, attention.Query, prefix.Tokens) is { } turn) (keys, isTurned) = (TurnedBack(keys, turn), true);
        return new(where, layer, keys, prefix.ValuesOf(layer, size), prefix.Width / size, attention.Scale * attention.Beta, isTurned);
    }

    /// <summary>The model turns its queries by their own positions alone; keys turned back by the prefix's length see the same angle.</summary>
    private static Matrix TurnedBack(Matrix keys, (double Cos, double Sin)[] turn)
    {
        var turned = new Matrix(keys.Rows, keys.Columns);
        for (int r = 0; r < keys.Rows; r++)
        {
            for (int j = 0; j < turn.Length; j++)
            {
                double x = keys[r, j], y = keys[r, j + turn.Length];
                turned[r, j] = (float)(x * turn[j].Cos + y * turn[j].Sin);
                turned[r, j + turn.Length] = (float)(y * turn[j].Cos - x * turn[j].Sin);
            }
        }
        return turned;
    }
}

/// <summary>An attention with what its queries see besides the sequence.</summary>
/// <param name="Where">The node.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Keys">(heads * tokens, head size).</param>
/// <param name="Values">The same.</param>
/// <param name="Heads">Heads of both.</param>
/// <param name="Scale">Factor of q k in the softmax's exponents.</param>
/// <param name="IsTurned">Whether rotary positions were taken care of.</param>
internal sealed record PrefixSite(string Where, int Layer, Matrix Keys, Matrix Values, int Heads, float Scale, bool IsTurned)
{
    public PrefixGates? Gates { get; init; }

    public PrefixDelta Pack() => new(Keys, Values, Heads, Scale, Gates);
}
