using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Ops;
using Graft.Runtime;

namespace Graft.Planning;

/// <summary>Runs nodes of one subgraph on known values while a model is optimised or planned.</summary>
internal sealed class Evaluator(Graph graph, Subgraph subgraph, PlanOptions options, PackedWeights packed, PlanningBudget budget) : IDisposable
{
    private Session? _session;

    /// <summary>The outputs' bytes; null when computing them is left to the run. All input values and all shapes are known.</summary>
    public NativeBuffer[]? TryRun(Node node, ConstantData[] values, Shape?[] shapes)
    {
        long inputBytes = node.Inputs.Sum(t => t < 0 ? 0 : values[t].ByteCount);
        long[] sizes = [.. node.Outputs.Select(t => subgraph.Tensors[t].Type.ByteCount(shapes[t]!.Value.ElementCount))];
        if (!budget.TryTakeBytes(inputBytes, sizes)) return null;
        _session ??= new Session(graph, new PlanCache(graph, packed), packed, options with { Threads = 1 });
        var frame = _session.Frame(subgraph.Index);
        foreach (int t in node.Inputs)
        {
            if (t >= 0) frame.Tensors[t] = new() { Address = values[t].Address, ByteCount = (int)values[t].ByteCount, Shape = shapes[t]!.Value, IsShapeKnown = true };
        }
        var results = new NativeBuffer[node.Outputs.Length];
        for (int o = 0; o < results.Length; o++)
        {
            int t = node.Outputs[o];
            results[o] = new NativeBuffer(sizes[o]);
            frame.Tensors[t] = new() { Address = results[o].Address, ByteCount = (int)sizes[o], Shape = shapes[t]!.Value, IsShapeKnown = true };
        }
        try
        {
            using var dynamic = new DynamicNode(frame, node);
            if (budget.TryTakeWork(dynamic.Ready().Work))
            {
                dynamic.RunReady();
                return results;
            }
        }
        catch (Exception e) when (e is not OperatorException)
        {
            Errors.Throw.Failed(subgraph, node, e);
        }
        foreach (var result in results) result.Dispose();
        return null;
    }

    /// <summary>
    /// True when a node's result may be computed ahead: it is not state, of fixed size, and no adapter will change it. (Adapters act on
    /// numbers, never on the integers that shapes are made of.)
    /// </summary>
    public static bool CanCompute(Subgraph subgraph, Node node) =>
        node.Op is not (IStateful or ICallsSubgraphs) && node.Outputs.All(t => t >= 0 && CanCompute(subgraph.Tensors[t], node.Op is IAdaptable));

    public void Dispose() => _session?.Dispose();

    private static bool CanCompute(TensorInfo output, bool isAdaptable) => output.Type is not (DType.String or DType.Variant) && !output.IsVariable
        && (!isAdaptable || output.Type is DType.Int32 or DType.Int64);
}
