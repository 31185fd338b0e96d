using Graft.Runtime;

namespace Graft.Ops.Control;

/// <summary>Runs one subgraph on all inputs of a node.</summary>
internal sealed class CallStep(SubgraphCall call) : IStep
{
    public static CallStep For(in PrepareContext c, int subgraph) => new(SubgraphCall.Of(c, subgraph, firstInput: 0));

    public static void Infer(in InferContext c, int subgraph)
    {
        var shapes = SubgraphCall.Infer(c, subgraph, firstInput: 0);
        for (int i = 0; i < shapes.Length; i++)
        {
            if (shapes[i] is { } shape) c.SetOutput(i, shape);
        }
    }

    public void Run(in RunContext c) => call.Run(c);
}
