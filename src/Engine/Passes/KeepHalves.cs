using Graft.Graphs;
using Graft.Ops;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>
/// Weights that the file stores as float16, and a DEQUANTIZE widens, stay as they are where all who read them can widen them as they pack or look
/// them up: otherwise a model would hold them three times, in the file, widened and packed. Only a graph that was rewritten has such layers; the
/// reference does not check these types, and files that ask for them are refused.
/// </summary>
internal sealed class KeepHalves : IPass
{
    public string Name => "keep-halves";

    public Graph Run(Graph graph, PackedWeights packed) => graph with { Subgraphs = [.. graph.Subgraphs.Select(Keep)] };

    private static Subgraph Keep(Subgraph subgraph)
    {
        var patch = new Patch(subgraph);
        var uses = new Uses(subgraph);
        foreach (var widening in subgraph.Nodes)
        {
            if (widening.Op is not Dequantize || subgraph.Tensors[widening.Inputs[0]] is not { Type: DType.Float16, Constant.IsPresent: true, IsVariable: false, Sparsity: null }) continue;
            int wide = widening.Outputs[0];
            if (uses.Readers(wide) is not { Count: > 0 } readers || readers.Any(n => !TakesHalves(subgraph, n, wide))) continue;
            patch.Remove(widening);
            foreach (var reader in readers) patch.Replace(reader, reader with { Inputs = reader.Inputs.SetItem(1, widening.Inputs[0]) });
        }
        return patch.IsEmpty ? subgraph : patch.Apply();
    }

    /// <summary>Whether a node takes the tensor as its weights or its table, and as nothing else.</summary>
    private static bool TakesHalves(Subgraph subgraph, Node node, int tensor) =>
        node.Op is FullyConnected or Conv2D or EmbeddingLookup && node.Inputs.Length > 1 && node.Inputs[1] == tensor && node.Inputs.Count(t => t == tensor) == 1
            && subgraph.Tensors[node.Outputs[0]].Type == DType.Float32;
}
