using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Runtime;

/// <summary>
/// Runs another subgraph as a step of the calling one: its inputs read the caller's memory where it lies, its outputs are copied.
/// </summary>
internal sealed class SubgraphCall(int subgraph, Operand[] inputs, Operand[] outputs, Shape[] shapes)
{
    /// <summary>A call with the node's inputs from <paramref name="firstInput"/> on.</summary>
    public static SubgraphCall Of(in PrepareContext c, int subgraph, int firstInput)
    {
        var inputs = new Operand[c.InputCount - firstInput];
        var shapes = new Shape[inputs.Length];
        var outputs = new Operand[c.OutputCount];
        for (int i = 0; i < inputs.Length; i++) (inputs[i], shapes[i]) = (c.In(firstInput + i), c.Shape(firstInput + i));
        for (int i = 0; i < outputs.Length; i++) outputs[i] = c.Out(i);
        return new(subgraph, inputs, outputs, shapes);
    }

    /// <summary>Checks that the subgraph takes these inputs and gives these outputs; its output shapes, null where unknown.</summary>
    public static Shape?[] Infer(in InferContext c, int subgraph, int firstInput)
    {
        var callee = c.Callee(subgraph);
        Match(c, subgraph, callee, callee.Inputs, c.Node.Inputs.AsSpan()[firstInput..], "inputs");
        Match(c, subgraph, callee, callee.Outputs, c.Node.Outputs.AsSpan(), "outputs");
        var shapes = new Shape?[callee.Inputs.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = c.Shape(firstInput + i);
        return c.InferSubgraph(subgraph, shapes);
    }

    public void Run(in RunContext c)
    {
        var frame = c.Session.Frame(subgraph);
        frame.Prepare(shapes);
        for (int i = 0; i < inputs.Length; i++) frame.Bind(i, c.Frame, inputs[i].Tensor);
        frame.Run();
        for (int i = 0; i < outputs.Length; i++) c.Frame.Receive(outputs[i].Tensor, frame, frame.Subgraph.Outputs[i]);
    }

    internal static void Match(in InferContext c, int index, Subgraph callee, ImmutableArray<int> expected, ReadOnlySpan<int> actual, string what)
    {
        c.Require(expected.Length == actual.Length, $"subgraph {index} has {expected.Length} {what}, the node passes {actual.Length}");
        for (int i = 0; i < actual.Length; i++)
        {
            c.Require(actual[i] >= 0, $"all {what} are required; number {i} is absent");
            var (wanted, given) = (callee.Tensors[expected[i]], c.Subgraph.Tensors[actual[i]]);
            c.Require(wanted.Type == given.Type, $"{what} {i} of subgraph {index} are {wanted.Type.Name()}, the node has {given.Type.Name()}");
        }
    }
}
