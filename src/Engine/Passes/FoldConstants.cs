using Graft.Graphs;
using Graft.Ops;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>
/// Computes nodes whose inputs are all constant, once per model: weights stored as float16, shapes, masks. What would cost much more
/// memory or time than the file is large is left to the run.
/// </summary>
internal sealed class FoldConstants : IPass
{
    public string Name => "fold-constants";

    public Graph Run(Graph graph, PackedWeights packed)
    {
        var subgraphs = graph.Subgraphs.ToBuilder();
        var budget = new PlanningBudget(graph);
        for (int i = 0; i < subgraphs.Count; i++)
        {
            using var evaluator = new Evaluator(graph, subgraphs[i], new(KernelSet.Fast, 1, false), packed, budget);
            subgraphs[i] = Fold(subgraphs[i], evaluator);
        }
        return graph with { Subgraphs = subgraphs.ToImmutable() };
    }

    private static Subgraph Fold(Subgraph subgraph, Evaluator evaluator)
    {
        var patch = new Patch(subgraph);
        var facts = new ConstantFacts(subgraph);
        foreach (var node in subgraph.Nodes)
        {
            if (node.Op is IStateful or ICallsSubgraphs || node.Inputs.IsEmpty) continue;
            if (!node.Inputs.All(t => t < 0 || facts.Values[t].IsPresent)) continue;
            if (!Evaluator.CanCompute(subgraph, node) && !IsState(subgraph, node)) continue;
            try
            {
                TryFold(subgraph, node, patch, facts, evaluator);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The node stays, so that whoever runs it gets the error with its name; in a branch never taken it does no harm.
            }
        }
        return patch.IsEmpty ? subgraph : patch.Apply();
    }

    private static void TryFold(Subgraph subgraph, Node node, Patch patch, ConstantFacts facts, Evaluator evaluator)
    {
        node.Op!.Infer(new InferContext(facts, subgraph, node));
        if (node.Outputs.Any(t => facts.ShapeOf(t) is not { ElementCount: > 0 })) return;
        if (evaluator.TryRun(node, facts.Values, facts.Shapes) is not { } results) return;
        if (IsState(subgraph, node))
        {
            // Converters write the zeros that a state begins with as a constant. It begins with them anyway, and must not return to them.
            if (!new ConstantData(results[0].Address, results[0].ByteCount).Bytes.ContainsAnyExcept((byte)0)) patch.Remove(node);
            return;
        }
        for (int o = 0; o < results.Length; o++)
        {
            var shape = facts.Shapes[node.Outputs[o]]!.Value;
            long bytes = subgraph.Tensors[node.Outputs[o]].Type.ByteCount(shape.ElementCount);
            facts.Values[node.Outputs[o]] = new(results[o].Address, bytes, results[o]);
            patch.SetConstant(node.Outputs[o], facts.Values[node.Outputs[o]], shape);
        }
        patch.Remove(node);
    }

    private static bool IsState(Subgraph subgraph, Node node) => node.Outputs is [var output]
        && output >= 0 && subgraph.Tensors[output] is { IsVariable: true, Type: DType.Float32 };

    private sealed class ConstantFacts : ITensorFacts
    {
        public ConstantFacts(Subgraph subgraph)
        {
            Values = subgraph.Tensors.Map(t => t.Constant);
            Shapes = subgraph.Tensors.Map(t => t.Constant.IsPresent ? t.Shape : (Shape?)null);
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
