using Graft.Graphs;

namespace Graft.Planning;

/// <summary>The plans of a model: made once for each set of input shapes, the least recently used dropped beyond a limit.</summary>
internal sealed class PlanCache(Graph graph, PackedWeights packed)
{
    private const int PlansMax = 64;

    private readonly Dictionary<PlanKey, LinkedListNode<Entry>> _plans = [];
    private readonly LinkedList<Entry> _recent = [];
    private readonly Lock _lock = new();

    /// <summary>The plan, made within <paramref name="budget"/> when another plan needs it.</summary>
    public Plan Get(PlanKey key, PlanningBudget? budget = null)
    {
        lock (_lock)
        {
            if (_plans.TryGetValue(key, out var known))
            {
                _recent.Remove(known);
                _recent.AddFirst(known);
                return known.Value.Plan;
            }
        }
        budget ??= new PlanningBudget(graph);
        budget.TakePlan(key.Subgraph);
        var plan = new PlanBuilder(graph, this, packed, key, budget).Build();
        lock (_lock)
        {
            if (_plans.TryGetValue(key, out var raced)) return raced.Value.Plan;
            _plans[key] = _recent.AddFirst(new Entry(key, plan));
            if (_recent.Count > PlansMax)
            {
                _plans.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }
        }
        return plan;
    }

    private sealed record Entry(PlanKey Key, Plan Plan);
}
