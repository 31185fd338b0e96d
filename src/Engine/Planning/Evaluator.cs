using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Ops;
using Graft.Runtime;

namespace Graft.Planning;

/// <summary>Runs one node on known values while a model is optimised or planned.</summary>
internal static class Evaluator
{
    /// <summary>A computed value may exceed its inputs by this many bytes and by <see cref="GrowthFactorMax"/>; else it is left to the run.</summary>
    public const long GrowthBytesMax = 1 << 20;

    public const long GrowthFactorMax = 4;

    /// <summary>The outputs' bytes. All input values and all shapes are known.</summary>
    public static NativeBuffer[] Run(Graph graph, Subgraph subgraph, Node node, ConstantData[] values, Shape?[] shapes,
        PlanOptions options, PackedWeights packed)
    {
        using var session = new Session(graph, new PlanCache(graph, packed), packed, options with { Threads = 1 });
        var frame = session.Frame(subgraph.Index);
        foreach (int t in node.Inputs)
        {
            if (t >= 0) frame.Tensors[t] = new() { Address = values[t].Address, ByteCount = (int)values[t].ByteCount, Shape = shapes[t]!.Value, IsShapeKnown = true };
        }
        var results = new NativeBuffer[node.Outputs.Length];
        for (int o = 0; o < results.Length; o++)
        {
            int t = node.Outputs[o];
            var shape = shapes[t]!.Value;
            long bytes = subgraph.Tensors[t].Type.ByteCount(shape.ElementCount);
            results[o] = new NativeBuffer(bytes);
            frame.Tensors[t] = new() { Address = results[o].Address, ByteCount = (int)bytes, Shape = shape, IsShapeKnown = true };
        }
        try
        {
            frame.RunDynamic(node);
        }
        catch (Exception e) when (e is not OperatorException)
        {
            Errors.Throw.Failed(subgraph, node, e);
        }
        return results;
    }

    /// <summary>True when all these tensors can take a computed value: they are present, of fixed size, and not state.</summary>
    public static bool CanHold(Subgraph subgraph, ImmutableArray<int> outputs) => outputs.All(t =>
        t >= 0 && subgraph.Tensors[t].Type is not (DType.String or DType.Variant) && !subgraph.Tensors[t].IsVariable);
}
