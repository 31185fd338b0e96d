using Graft.Graphs;
using Graft.Schema;

namespace Graft.Planning;

/// <summary>
/// Whether a model turns computed floats into integers on the way: dynamic-range operators, which quantise their activations, and QUANTIZE
/// of intermediate floats. There a difference in the last bit of a float becomes a whole quantisation step, and grows from layer to layer;
/// so the floats of such models are computed as plain loops compute them, to equal the reference.
/// </summary>
internal static class FloatDemand
{
    public static bool IsPlain(Graph graph) => graph.Subgraphs.Any(s => s.Nodes.Any(n => Quantizes(s, n)));

    private static bool Quantizes(Subgraph subgraph, Node node)
    {
        if (node.Inputs.Length < 1 || node.Inputs[0] < 0 || subgraph.Tensors[node.Inputs[0]].Type != DType.Float32) return false;
        if (node.Id.CustomName is null && node.Id.Code == BuiltinOperator.Quantize) return !subgraph.Inputs.Contains(node.Inputs[0]);
        return node.Inputs.Length > 1 && node.Inputs[1] >= 0 && node.Outputs.Any(t => t >= 0 && subgraph.Tensors[t].Type == DType.Float32)
            && subgraph.Tensors[node.Inputs[1]] is { Quantization: not null, Type: DType.Int8 or DType.UInt8 or DType.Int4 or DType.Int2 };
    }
}
