using Graft.Runtime;

namespace Graft.Ops;

/// <summary>Steps of one node that run one after the other.</summary>
internal sealed class Sequence(params IStep[] steps) : IStep
{
    public long Work => steps.Sum(s => s.Work);

    public long Products => steps.Sum(s => s.Products);

    public string? Kernel => steps.Select(s => s.Kernel).LastOrDefault(k => k is not null);

    public int ThreadsFor(int available) => steps.Max(s => s.ThreadsFor(available));

    public void Run(in RunContext c)
    {
        foreach (var step in steps) step.Run(c);
    }
}
