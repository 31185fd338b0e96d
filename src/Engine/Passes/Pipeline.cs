using Graft.Graphs;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>The passes in order. Stopping after each in turn finds a wrong rewrite.</summary>
internal static class Pipeline
{
    public static readonly IPass[] Passes = [new KeepHalves(), new FoldConstants(), new TabulateBytes(), new FuseGates(), new FoldPads()];

    /// <summary>Runs the first <paramref name="count"/> passes on a copy of the graph.</summary>
    public static Graph Run(Graph source, PackedWeights packed, int count = int.MaxValue)
    {
        foreach (var pass in Passes.Take(count)) source = pass.Run(source, packed);
        return source;
    }
}
