using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Planning;
using Graft.Runtime;

namespace Graft.Cli.Explaining;

/// <summary>What is known of one node of a plan after it was timed.</summary>
/// <param name="Node">Index of the node in the file, the first where several became one.</param>
/// <param name="Operators">The operator's name, or those of all that were fused.</param>
/// <param name="Name">Its first output.</param>
/// <param name="Kernel">What computes it.</param>
/// <param name="Threads">Threads that share it.</param>
/// <param name="Seconds">Time of a run.</param>
/// <param name="Products">Multiply-adds of a matrix product or convolution; else 0.</param>
/// <param name="IsFloat">Whether they are of floats.</param>
/// <param name="Bytes">Bytes of inputs and outputs, constants included.</param>
/// <param name="Limit">Seconds that the machine needs at least.</param>
/// <param name="IsBoundByMemory">Whether that is because of the bytes.</param>
/// <param name="Inputs">Nodes, by their place in the list, that made its inputs.</param>
internal sealed record NodeFacts(int Node, string Operators, string Name, string Kernel, int Threads, double Seconds, long Products, bool IsFloat, long Bytes,
    double Limit, bool IsBoundByMemory, ImmutableArray<int> Inputs)
{
    public double GigaFlops => 2e-9 * Products / Seconds;

    public double GigaBytes => 1e-9 * Bytes / Seconds;

    /// <summary>How near it comes to what the machine can do, at most 1.</summary>
    public double Share => Math.Min(1, Limit / Seconds);

    /// <summary>The nodes of an entry point that have steps, in order.</summary>
    public static ImmutableArray<NodeFacts> Of(EntryPoint entry, ImmutableArray<NodeProfile> profile, int threads, MachineLimits limits)
    {
        var frame = entry.Frame;
        var times = profile.Where(p => p.Subgraph == frame.Subgraph.Index).ToDictionary(p => p.Node);
        var steps = frame.Plan!.Steps.ToDictionary(s => s.Node);
        var facts = ImmutableArray.CreateBuilder<NodeFacts>();
        var makers = new Dictionary<int, int>();
        foreach (var node in frame.Subgraph.Nodes)
        {
            if (steps.TryGetValue(node.Index, out var step) && times.TryGetValue(node.Origin.First, out var time))
            {
                ImmutableArray<int> inputs = [.. node.Inputs.Where(makers.ContainsKey).Select(t => makers[t]).Distinct().Order()];
                foreach (int t in node.Outputs) makers[t] = facts.Count;
                facts.Add(Of(frame, node, step, time, threads, limits, inputs));
            }
            else if (node is { Inputs: [var source, ..], Outputs: [var view, ..] } && makers.TryGetValue(source, out int maker))
            {
                // A view has no step: whoever reads it reads what its node reads.
                makers[view] = maker;
            }
        }
        return facts.ToImmutable();
    }

    private static NodeFacts Of(Frame frame, Node node, in PlannedStep step, NodeProfile time, int threads, MachineLimits limits, ImmutableArray<int> inputs)
    {
        long bytes = node.Inputs.Concat(node.Outputs).Where(t => t >= 0).Distinct().Sum(t => (long)frame.Tensors[t].ByteCount);
        long products = step.Step.Products;
        bool isFloat = step.Step.Kernel?.Contains("-f32", StringComparison.Ordinal) ?? true;
        double compute = products / (isFloat ? limits.FloatProducts : limits.IntegerProducts), memory = bytes / limits.Bandwidth(bytes);
        string name = node.Outputs.Length == 0 ? "" : frame.Subgraph.Tensors[node.Outputs[0]].Name;
        return new(node.Origin.First, node.Id.Name, name, step.Step.Kernel ?? StepName.Of(step.Step.GetType()), step.Step.ThreadsFor(threads),
            time.Total.TotalSeconds / time.Runs, products, isFloat, bytes, Math.Max(compute, memory), memory > compute, inputs);
    }
}
