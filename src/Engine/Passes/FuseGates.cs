using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Pointwise;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>LOGISTIC, and MUL of its result with its input, in float32, become one node with the same bits.</summary>
internal sealed class FuseGates : IPass
{
    public string Name => "fuse-gates";

    public Graph Run(Graph graph, PackedWeights packed) => graph with { Subgraphs = [.. graph.Subgraphs.Select(Fuse)] };

    private static Subgraph Fuse(Subgraph subgraph)
    {
        var patch = new Patch(subgraph);
        var uses = new Uses(subgraph);
        foreach (var gate in subgraph.Nodes)
        {
            if (gate.Op is not Logistic || subgraph.Tensors[gate.Inputs[0]] is not { Type: DType.Float32, IsVariable: false }) continue;
            if (uses.OnlyReader(gate.Outputs[0]) is not { Op: Mul { IsPlain: true } } product) continue;
            if (!product.Inputs.SequenceEqual([gate.Inputs[0], gate.Outputs[0]]) && !product.Inputs.SequenceEqual([gate.Outputs[0], gate.Inputs[0]])) continue;
            patch.Remove(gate);
            patch.Replace(product, product with
            {
                Id = OpId.Internal($"{gate.Id.Name}+{product.Id.Name}"),
                Op = new Gated(),
                Inputs = gate.Inputs,
                Origin = Origin.Merge(gate.Origin, product.Origin),
            });
        }
        return patch.IsEmpty ? subgraph : patch.Apply();
    }
}
