using System.Collections.Immutable;
using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Adapted;
using Graft.Passes;
using Graft.Planning;
using Graft.Runtime;

namespace Graft.Adapters.Binding;

/// <summary>
/// Finds the input of a model that tells tokens from padding: the only one that decides, besides products, what the softmaxes of its attentions
/// see. What a zero in it does to them is tried out; its name matters only where quantisation has left nothing of that.
/// </summary>
internal static class MaskSearch
{
    /// <exception cref="AdapterException">There is none, or it does something else.</exception>
    public static TokenMask Find(Graph graph, Subgraph subgraph)
    {
        int[] scores = [.. subgraph.Nodes.Select(n => Attention.Find(subgraph, n)?.Scores).OfType<int>().Distinct()];
        if (scores.Length == 0) throw Problem("no attention was found in it");
        var masks = new HashSet<int>();
        foreach (int score in scores)
        {
            int[] inputs = [.. Path(subgraph, [score]).Reached.Where(subgraph.Inputs.Contains)];
            masks.Add(inputs is [var one] ? one : throw Problem($"{inputs.Length} of its inputs decide what an attention sees"));
        }
        if (masks.Count > 1) throw Problem("its attentions have masks of their own");
        int mask = masks.First();
        var info = subgraph.Tensors[mask];
        if (info.Shape is not { Rank: 2 } shape || shape[1] < 2 || info.Type is not (DType.Int32 or DType.Int64 or DType.Bool or DType.Float32))
            throw Problem($"input {info}, which decides what attentions see, does not have an element for each position");
        int effect = Effect(graph, subgraph, mask, scores);
        if (effect < 0 || effect == 0 && !IsNamed(graph, subgraph, mask))
            throw Problem($"input {info} decides what attentions see, but a zero in it does not hide a position");
        return new(mask);
    }

    private static AdapterException Problem(string reason) => new($"the adapter acts at the ends of sequences, and which positions are padding the model does not tell: {reason}");

    /// <summary>Nodes on the ways to some tensors, and all that these nodes read; ways end at products.</summary>
    private static (List<Node> Nodes, HashSet<int> Reached) Path(Subgraph subgraph, int[] tensors)
    {
        var nodes = new List<Node>();
        var reached = tensors.ToHashSet();
        foreach (var node in subgraph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(reached.Contains) || node.Op is BatchMatMul or FullyConnected or IShapeOnly) continue;
            nodes.Insert(0, node);
            reached.UnionWith(node.Inputs.Where(t => t >= 0));
        }
        return (nodes, reached);
    }

    /// <summary>As the transformers library calls it.</summary>
    private static bool IsNamed(Graph graph, Subgraph subgraph, int mask) =>
        graph.Signatures.Where(s => s.Subgraph == subgraph.Index).SelectMany(s => s.Inputs).Where(i => i.Tensor == mask).Select(i => i.Name)
            .Append(subgraph.Tensors[mask].Name).Any(n => n.Contains("attention_mask", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// With a zero at the first position of the mask, and zeros for products: 1 when the last queries see less of the first key than of any
    /// other, 0 when it makes no difference, -1 for anything else.
    /// </summary>
    private static int Effect(Graph graph, Subgraph subgraph, int mask, int[] scores)
    {
        var (nodes, reached) = Path(subgraph, scores);
        var written = nodes.SelectMany(n => n.Outputs).ToHashSet();
        var tensors = subgraph.Tensors.ToBuilder();
        using var memory = new Constants();
        foreach (int t in reached.Where(t => !written.Contains(t) && !subgraph.Tensors[t].Constant.IsPresent)) tensors[t] = memory.Filled(tensors[t], t == mask ? Masked(tensors[t]) : null);
        var tried = subgraph with { Tensors = tensors.ToImmutable(), Nodes = [.. nodes.Select((n, i) => n with { Index = i })], Inputs = [], Outputs = [.. scores] };
        var others = graph.Subgraphs.Select(s => s.Index == subgraph.Index ? tried : s with { Nodes = [] });
        var folded = new FoldConstants().Run(graph with { Subgraphs = [.. others] }, new PackedWeights()).Subgraphs[subgraph.Index];
        if (!scores.All(s => folded.Tensors[s].Constant.IsPresent)) return -1;
        int[] effects = [.. scores.Select(s => Effect(ConstantValues.Read(folded, folded.Tensors[s]), folded.Tensors[s].Shape))];
        return effects.Min() < 0 ? -1 : effects.Max();
    }

    private static int Effect(float[] scores, Shape shape)
    {
        int keys = shape[^1], queries = shape[^2];
        bool isLess = true, isSame = true;
        for (int last = (queries - 1) * keys; last < scores.Length; last += queries * keys)
        {
            foreach (float other in scores.AsSpan(last + 1, keys - 1)) (isLess, isSame) = (isLess && scores[last] < other, isSame && scores[last] == other);
        }
        return isSame ? 0 : isLess ? 1 : -1;
    }

    /// <summary>Ones, but for the first position of each sequence.</summary>
    private static float[] Masked(TensorInfo info) => [.. Enumerable.Range(0, (int)info.Shape.ElementCount).Select(i => i % info.Shape[1] == 0 ? 0f : 1f)];

    /// <summary>Constants that live while something is tried out.</summary>
    private sealed class Constants : IDisposable
    {
        private readonly List<NativeBuffer> _buffers = [];

        /// <summary>A tensor with numbers, or with what stands for zeros.</summary>
        public unsafe TensorInfo Filled(TensorInfo info, float[]? values)
        {
            var buffer = new NativeBuffer(info.Type.ByteCount(info.Shape.ElementCount));
            _buffers.Add(buffer);
            // In bounds: the buffer has exactly these bytes.
            var bytes = new Span<byte>((void*)buffer.Address, checked((int)buffer.ByteCount));
            if (info.Quantization is { } q && info.Type is DType.Int8 or DType.UInt8) bytes.Fill((byte)q.ZeroPoint);
            for (int i = 0, size = bytes.Length / Math.Max(values?.Length ?? 1, 1); i < values?.Length; i++)
            {
                if (info.Type == DType.Float32) BitConverter.TryWriteBytes(bytes[(i * size)..], values[i]);
                else bytes[i * size] = (byte)values[i];
            }
            return info with { Constant = new ConstantData(buffer.Address, buffer.ByteCount) };
        }

        public void Dispose()
        {
            foreach (var buffer in _buffers) buffer.Dispose();
        }
    }
}
