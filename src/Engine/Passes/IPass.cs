using Graft.Graphs;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>Rewrites a graph through patches; whatever it does, outputs stay equal.</summary>
internal interface IPass
{
    string Name { get; }

    Graph Run(Graph graph, PackedWeights packed);
}
