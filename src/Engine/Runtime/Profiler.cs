using System.Diagnostics;
using Graft.Planning;

namespace Graft.Runtime;

/// <summary>Time spent in each node, summed over runs. A node that runs other subgraphs includes their time.</summary>
internal sealed class Profiler
{
    private readonly Dictionary<(int Subgraph, int Node), (long Ticks, long Count)> _times = [];

    public void Time(int subgraph, in PlannedStep step, in RunContext context)
    {
        context.Session.Cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        step.Run(context);
        long ticks = Stopwatch.GetTimestamp() - start;
        ref var entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_times, (subgraph, step.Node), out _);
        entry = (entry.Ticks + ticks, entry.Count + 1);
    }

    public IEnumerable<(int Subgraph, int Node, TimeSpan Total, long Count)> Entries =>
        _times.Select(t => (t.Key.Subgraph, t.Key.Node, Stopwatch.GetElapsedTime(0, t.Value.Ticks), t.Value.Count))
            .OrderBy(t => t.Subgraph).ThenBy(t => t.Node);

    public void Clear() => _times.Clear();
}
