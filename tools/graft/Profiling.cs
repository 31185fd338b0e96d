using System.Collections.Immutable;
using System.Diagnostics;

namespace Graft.Cli;

/// <summary>Runs that warm the code up, and the times of nodes in runs after that.</summary>
internal static class Profiling
{
    private const int WarmUpRuns = 5;

    // Long enough for the runtime to replace the code that it compiled in a hurry.
    private static readonly TimeSpan s_warmUpTime = TimeSpan.FromMilliseconds(500);

    public static void WarmUp(Invocation invocation, EntryPoint entry)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpRuns || Stopwatch.GetElapsedTime(start) < s_warmUpTime; i++) entry.Invoke(invocation.Cancellation);
    }

    /// <summary>The nodes that ran, and their times in so many warm runs; the interpreter was made to measure them.</summary>
    public static ImmutableArray<NodeProfile> Measure(Invocation invocation, Interpreter interpreter, EntryPoint entry, int runs)
    {
        WarmUp(invocation, entry);
        var before = interpreter.Profile.ToDictionary(n => (n.Subgraph, n.Node));
        for (int i = 0; i < runs; i++) entry.Invoke(invocation.Cancellation);
        return [.. interpreter.Profile.Select(n => Minus(n, before.GetValueOrDefault((n.Subgraph, n.Node)))).Where(n => n.Runs > 0)];
    }

    /// <summary>What was added to the profile of a node since an earlier one.</summary>
    private static NodeProfile Minus(NodeProfile now, NodeProfile? before) =>
        before is null ? now : now with { Total = now.Total - before.Total, Runs = now.Runs - before.Runs };
}
