using System.Diagnostics.CodeAnalysis;
using Graft.Graphs;
using Graft.Runtime;

namespace Graft.Errors;

/// <summary>Every error that the engine raises about a node, a tensor or a broken invariant.</summary>
internal static class Throw
{
    private const int NameMax = 120;

    /// <summary>How a node is named in all messages: position, operator, first output.</summary>
    public static string Describe(Subgraph subgraph, Node node)
    {
        string where = subgraph.Index == 0 ? "" : $"subgraph {subgraph.Index} ";
        int output = node.Outputs.FirstOrDefault(t => t >= 0, -1);
        string label = output < 0 ? "" : $" \"{Brief(subgraph.Tensors[output].Name)}\"";
        return $"{where}node {node.Origin.First} {Brief(node.Id.Name)}{label}";
    }

    /// <summary>A name as messages show it: a file can make names of any length, and use each in many nodes.</summary>
    public static string Brief(string name) => name.Length <= NameMax ? name : $"{name.AsSpan(0, NameMax)}...";

    [DoesNotReturn]
    public static void Operator(Subgraph subgraph, Node node, string problem) =>
        throw new OperatorException(Describe(subgraph, node), problem);

    /// <summary>Reports what went wrong in a node: bad data as it was stated, anything else with its type.</summary>
    [DoesNotReturn]
    public static void Failed(Subgraph subgraph, Node node, Exception e) => throw new OperatorException(
        Describe(subgraph, node), e is StepFault ? e.Message : $"failed ({e.GetType().Name}: {e.Message})", e);

    [DoesNotReturn]
    public static void WrongElementType(string tensor, DType actual, Type requested) =>
        throw new ArgumentException($"tensor \"{tensor}\" holds {actual.Name()}, not {requested.Name}");

    [DoesNotReturn]
    public static void ConcurrentUse() => throw new InvalidOperationException(
        "this interpreter is already running on another thread; an interpreter serves one thread at a time: make one per thread, they share the model");
}
