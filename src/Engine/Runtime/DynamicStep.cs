using Graft.Graphs;
using Graft.Ops;

namespace Graft.Runtime;

/// <summary>A step of a plan whose shapes are not known before it runs.</summary>
internal sealed class DynamicStep(Node node) : IStep
{
    public void Run(in RunContext c) => c.Frame.RunDynamic(node);
}
