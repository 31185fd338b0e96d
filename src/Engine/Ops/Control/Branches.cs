using Graft.Runtime;

namespace Graft.Ops.Control;

/// <summary>What operators share that choose one of several subgraphs by input 0 and pass it the other inputs.</summary>
internal static class Branches
{
    /// <summary>
    /// Sets output shapes on which the branches that may be taken agree. A different or unknown shape in any of them makes the node dynamic.
    /// </summary>
    public static void Infer(in InferContext c, ReadOnlySpan<int> subgraphs)
    {
        c.Require(c.Shape(0).ElementCount == 1, $"input 0 has shape {c.Shape(0)}; one element is expected");
        Shape?[]? common = null;
        foreach (int subgraph in subgraphs)
        {
            var shapes = SubgraphCall.Infer(c, subgraph, firstInput: 1);
            if (common is null) common = shapes;
            else if (!common.AsSpan().SequenceEqual(shapes)) return;
        }
        for (int i = 0; i < c.OutputCount; i++)
        {
            if (common![i] is not { } shape) return;
            c.SetOutput(i, shape);
        }
    }

    public static SubgraphCall[] Prepare(in PrepareContext c, ReadOnlySpan<int> subgraphs)
    {
        var calls = new SubgraphCall[subgraphs.Length];
        for (int i = 0; i < calls.Length; i++) calls[i] = SubgraphCall.Of(c, subgraphs[i], firstInput: 1);
        return calls;
    }
}
