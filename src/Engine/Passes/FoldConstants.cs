using Graft.Graphs;
using Graft.Ops;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>
/// Computes nodes whose inputs are all constant, once per model: weights stored as float16, shapes, masks. A result much larger than
/// its inputs is left to the run.
/// </summary>
internal sealed class FoldConstants : IPass
{
    public string Name => "fold-constants";

    public Graph Run(Graph graph, PackedWeights packed)
    {
        var subgraphs = graph.Subgraphs.ToBuilder();
        for (int i = 0; i < subgraphs.Count; i++) subgraphs[i] = Fold(graph, subgraphs[i], packed);
        return graph with { Subgraphs = subgraphs.ToImmutable() };
    }

    private static Subgraph Fold(Graph graph, Subgraph subgraph, PackedWeights packed)
    {
        var patch = new Patch(subgraph);
        foreach (var node in subgraph.Nodes)
        {
            if (node.Op is IStateful or ICallsSubgraphs || node.Inputs.IsEmpty) continue;
            if (!node.Inputs.All(t => t < 0 || patch.Tensor(t).Constant.IsPresent)) continue;
            if (!Evaluator.CanHold(subgraph, node.Outputs) && !IsState(subgraph, node)) continue;
            try
            {
                TryFold(graph, subgraph, node, patch, packed);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The node stays, so that whoever runs it gets the error with its name; in a branch never taken it does no harm.
            }
        }
        return patch.IsEmpty ? subgraph : patch.Apply();
    }

    private static void TryFold(Graph graph, Subgraph subgraph, Node node, Patch patch, PackedWeights packed)
    {
        var facts = new ConstantFacts(subgraph, patch);
        node.Op!.Infer(new InferContext(facts, subgraph, node));
        long inputBytes = node.Inputs.Sum(t => t < 0 ? 0 : patch.Tensor(t).Constant.ByteCount), outputBytes = 0;
        foreach (int t in node.Outputs)
        {
            if (facts.ShapeOf(t) is not { } shape) return;
            outputBytes = checked(outputBytes + subgraph.Tensors[t].Type.ByteCount(shape.ElementCount));
        }
        if (outputBytes == 0 || outputBytes > Evaluator.GrowthBytesMax + Evaluator.GrowthFactorMax * inputBytes) return;
        var results = Evaluator.Run(graph, subgraph, node, facts.Values, facts.Shapes, new(KernelSet.Fast, 1, false), packed);
        if (IsState(subgraph, node))
        {
            // Converters write the zeros that a state begins with as a constant. It begins with them anyway, and must not return to them.
            if (!new ConstantData(results[0].Address, outputBytes).Bytes.ContainsAnyExcept((byte)0)) patch.Remove(node);
            return;
        }
        for (int o = 0; o < results.Length; o++)
        {
            var shape = facts.Shapes[node.Outputs[o]]!.Value;
            long bytes = subgraph.Tensors[node.Outputs[o]].Type.ByteCount(shape.ElementCount);
            patch.SetConstant(node.Outputs[o], new(results[o].Address, bytes, results[o]), shape);
        }
        patch.Remove(node);
    }

    private static bool IsState(Subgraph subgraph, Node node) => node.Outputs is [var output]
        && output >= 0 && subgraph.Tensors[output] is { IsVariable: true, Type: DType.Float32 };

    private sealed class ConstantFacts : ITensorFacts
    {
        public ConstantFacts(Subgraph subgraph, Patch patch)
        {
            Values = new ConstantData[subgraph.Tensors.Length];
            Shapes = new Shape?[subgraph.Tensors.Length];
            for (int t = 0; t < Values.Length; t++)
            {
                Values[t] = patch.Tensor(t).Constant;
                if (Values[t].IsPresent) Shapes[t] = patch.Tensor(t).Shape;
            }
        }

        public ConstantData[] Values { get; }

        public Shape?[] Shapes { get; }

        public Shape? ShapeOf(int tensor) => Shapes[tensor];

        public void SetShape(int tensor, Shape shape) => Shapes[tensor] = shape;

        public bool TryBytes(int tensor, out ReadOnlySpan<byte> bytes)
        {
            bytes = Values[tensor].IsPresent ? Values[tensor].Bytes : default;
            return Values[tensor].IsPresent;
        }

        public Shape?[] InferSubgraph(int subgraph, ReadOnlySpan<Shape?> inputs) => throw new NotSupportedException("a node that calls subgraphs is never folded");

        public Subgraph Callee(int subgraph) => throw new NotSupportedException("a node that calls subgraphs is never folded");
    }
}
