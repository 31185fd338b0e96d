using System.Collections.Immutable;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Graphs;

namespace Graft.Adapters.Merging;

/// <summary>
/// Makes a graph whose weights have an adapter in them. Every changed weight is a tensor of its own, so that what shares the old one keeps
/// it; nothing of the base is written.
/// </summary>
internal sealed class Merger
{
    private readonly Graph _graph;
    private readonly double _errorMax;
    private readonly ImmutableArray<TensorInfo>.Builder[] _tensors;
    private readonly Dictionary<(int Subgraph, int Node), Node> _nodes = [];
    private readonly Dictionary<nint, List<ConstantData>> _stored = [];
    private readonly List<MergedTensor> _merged = [];

    private Merger(Graph graph, double errorMax)
    {
        (_graph, _errorMax) = (graph, errorMax);
        _tensors = [.. graph.Subgraphs.Select(s => s.Tensors.ToBuilder())];
    }

    /// <param name="graph">The optimised graph of the model.</param>
    /// <param name="adapter">The adapter, resolved against it.</param>
    /// <param name="errorMax">The largest error of a tensor, as <see cref="MergedTensor.Error"/>.</param>
    /// <exception cref="AdapterException">A change is no matrix, or too much of it would be lost.</exception>
    public static (Graph Graph, ImmutableArray<MergedTensor> Merged) Merge(Graph graph, ResolvedAdapter adapter, double errorMax)
    {
        if (adapter.Prefixes.Count > 0) throw new AdapterException("keys and values before the sequence are no change of weights, so they cannot be merged; run the adapter unmerged");
        if (adapter.Outputs.Count > 0) throw new AdapterException("functions of what a norm yields are no change of weights, so they cannot be merged; run the adapter unmerged");
        var merger = new Merger(graph, errorMax);
        foreach (var one in adapter.Overrides)
        {
            var tensors = merger._tensors[one.Subgraph];
            tensors[one.Tensor] = tensors[one.Tensor] with { Constant = new ConstantData(one.Memory.Address, one.Memory.ByteCount, one.Memory) };
        }
        foreach (var (builder, site) in adapter.Slots.Values) merger.MergeLayer(builder, site);
        foreach (var (terms, site) in adapter.Lookups.Values) merger.MergeTable(terms, site);
        return (merger.Apply(), [.. merger._merged]);
    }

    private void MergeLayer(Running.SlotBuilder builder, NodeSite site)
    {
        var node = Current(site);
        float[] before = site.Arranged(site.Weight()), after = site.Arranged(builder.Merged(site.Weight(), site.ToString()));
        var weight = Written(site, before, after, site.ChannelAxis);
        float[]? bias = site.OwnBias(), shifted = builder.MergedBias(site.Bias());
        node = WithInput(node, site.Operand, Add(site, weight));
        if (site.Node.Op is Ops.BatchMatMul) MergeAddedBias(site, shifted);
        else
        {
            bool isQuantised = site.Data.Type is DType.Int8 or DType.UInt8 or DType.Int16;
            if (shifted is not null || (isQuantised && bias is not null)) node = WithInput(node, 2, Add(site, Bias(site, weight, shifted ?? bias!, isQuantised)));
        }
        _nodes[(site.Subgraph.Index, site.Node.Index)] = node;
    }

    /// <summary>The bias of a product is added by another node.</summary>
    private void MergeAddedBias(NodeSite site, float[]? bias)
    {
        if (bias is null) return;
        if (site.BiasBehind is not var (sum, operand) || site.Subgraph.Tensors[sum.Inputs[operand]] is not { Type: DType.Float32 } old)
            throw new AdapterException($"{site}: the adapter adds a bias, for which this kind of node has no place, nor a sum of floats behind it; run it unmerged");
        var key = (site.Subgraph.Index, sum.Index);
        _nodes[key] = WithInput(_nodes.GetValueOrDefault(key) ?? sum, operand, Add(site, WeightWriter.Stored(old, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(bias))));
    }

    private void MergeTable(LinearTerms terms, NodeSite site)
    {
        var table = site.Weight();
        var changed = table.Plus(terms.WeightDelta(table));
        if (terms.Bias is { } bias)
        {
            for (int r = 0; r < changed.Rows; r++)
            {
                foreach (ref float value in changed.Row(r)) value += bias[r];
            }
        }
        bool keepsScale = site.Subgraph.Tensors[site.Node.Outputs[0]].Type != DType.Float32;
        var info = Written(site, site.Arranged(table), site.Arranged(changed), keepsScale ? -1 : 0);
        _nodes[(site.Subgraph.Index, site.Node.Index)] = WithInput(Current(site), site.Operand, Add(site, info));
    }

    private TensorInfo Written(NodeSite site, float[] before, float[] after, int channelAxis)
    {
        var subgraph = site.Subgraph;
        var old = subgraph.Tensors[site.WeightTensor];
        var scales = old.Quantization is { BlockSize: > 0 } q ? subgraph.Tensors[q.BlockScales] : null;
        var tensors = _tensors[subgraph.Index];
        var info = WeightWriter.Write(old, before, after, channelAxis, site.HasChannelScales, scales, added =>
        {
            tensors.Add(added);
            return tensors.Count - 1;
        });
        double error = Error(before, after, ConstantValues.Read(subgraph with { Tensors = tensors.ToImmutable() }, info));
        if (error > _errorMax)
        {
            throw new AdapterException($"{site}: merged into {old.Type.Name()} weights, only {1 - error:P0} of the adapter's change would be left (at least {1 - _errorMax:P0} is wanted); "
                + "run the adapter unmerged, or allow a lower fidelity");
        }
        _merged.Add(new(site.ToString(), error));
        return info with { Constant = Shared(old.Constant.Address, info.Constant) };
    }

    /// <summary>One copy for nodes that share a weight before and after, as signatures of one model do.</summary>
    private ConstantData Shared(nint old, ConstantData data)
    {
        if (!_stored.TryGetValue(old, out var known)) _stored[old] = known = [];
        foreach (var one in known)
        {
            if (one.Bytes.SequenceEqual(data.Bytes)) return one;
        }
        known.Add(data);
        return data;
    }

    private static TensorInfo Bias(NodeSite site, TensorInfo weight, float[] bias, bool isQuantised)
    {
        var input = site.Data;
        var old = site.Node.Inputs.Length > 2 && site.Node.Inputs[2] >= 0 ? site.Subgraph.Tensors[site.Node.Inputs[2]] : weight with
        {
            Name = weight.Name + "/bias",
            Type = !isQuantised ? DType.Float32 : input.Type == DType.Int16 ? DType.Int64 : DType.Int32,
            Shape = new Shape([bias.Length]),
            Quantization = null,
            ShapeSignature = default,
        };
        if (!isQuantised) return WeightWriter.Stored(old with { Type = DType.Float32, Quantization = null }, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(bias));
        var q = weight.Quantization!;
        return WeightWriter.WriteBias(old, bias, [.. Enumerable.Range(0, bias.Length).Select(i => (double)input.Quantization!.Scale * q.Scales[q.IsPerChannel ? i : 0])]);
    }

    private Node Current(NodeSite site) => _nodes.GetValueOrDefault((site.Subgraph.Index, site.Node.Index)) ?? site.Node;

    private int Add(NodeSite site, TensorInfo info)
    {
        var tensors = _tensors[site.Subgraph.Index];
        tensors.Add(info);
        return tensors.Count - 1;
    }

    private static Node WithInput(Node node, int operand, int tensor)
    {
        var inputs = node.Inputs;
        while (inputs.Length <= operand) inputs = inputs.Add(-1);
        return node with { Inputs = inputs.SetItem(operand, tensor) };
    }

    private Graph Apply() => _graph with
    {
        Subgraphs = [.. _graph.Subgraphs.Select(s => s with
        {
            Tensors = _tensors[s.Index].ToImmutable(),
            Nodes = [.. s.Nodes.Select(n => _nodes.GetValueOrDefault((s.Index, n.Index)) ?? n)],
        })],
    };

    private static double Error(float[] before, float[] after, float[] stored)
    {
        double lost = 0, change = 0;
        for (int i = 0; i < after.Length; i++)
        {
            lost += ((double)stored[i] - after[i]) * ((double)stored[i] - after[i]);
            change += ((double)after[i] - before[i]) * ((double)after[i] - before[i]);
        }
        return change == 0 ? 0 : Math.Sqrt(lost / change);
    }
}
