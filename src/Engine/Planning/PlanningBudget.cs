using Graft.Graphs;

namespace Graft.Planning;

/// <summary>
/// What loading, or planning for one set of input shapes, may compute ahead. A few bytes of a file can ask for any amount of it: values
/// beyond the budget are left to the run, plans beyond it are refused.
/// </summary>
internal sealed class PlanningBudget
{
    private const long BytesMin = 1 << 26;

    private const int BytesPerConstantByte = 4;

    /// <summary>A node's result may exceed its inputs by this many bytes and by <see cref="BytesPerConstantByte"/>.</summary>
    private const long NodeBytesMin = 1 << 20;

    /// <summary>Far beyond the subgraphs and shapes that a model's nodes call each other with.</summary>
    private const int PlansMax = 1 << 14;

    /// <summary>Elementary operations; a second or so.</summary>
    private const long WorkMin = 1L << 32;

    private const int WorkPerConstantByte = 64;

    private long _bytesLeft = BytesMin;
    private long _workLeft = WorkMin;
    private int _plansLeft = PlansMax;

    public PlanningBudget(Graph graph)
    {
        var counted = new HashSet<nint>();
        foreach (var subgraph in graph.Subgraphs)
        {
            foreach (var tensor in subgraph.Tensors)
            {
                if (!tensor.Constant.IsPresent || !counted.Add(tensor.Constant.Address)) continue;
                _bytesLeft += BytesPerConstantByte * tensor.Constant.ByteCount;
                _workLeft += WorkPerConstantByte * tensor.Constant.ByteCount;
            }
        }
    }

    /// <summary>True when values of these sizes may be computed ahead of the run, which are then counted.</summary>
    public bool TryTakeBytes(long inputBytes, ReadOnlySpan<long> outputs)
    {
        long outputBytes = 0;
        foreach (long bytes in outputs) outputBytes = bytes > _bytesLeft ? long.MaxValue : Math.Min(outputBytes, _bytesLeft) + bytes;
        if (outputBytes > NodeBytesMin + BytesPerConstantByte * inputBytes || outputBytes > _bytesLeft) return false;
        _bytesLeft -= outputBytes;
        return true;
    }

    /// <summary>True when so many elementary operations may be done ahead of the run, which are then counted.</summary>
    public bool TryTakeWork(long operations)
    {
        if (operations > _workLeft) return false;
        _workLeft -= operations;
        return true;
    }

    /// <summary>Counts a plan for a subgraph that is called.</summary>
    public void TakePlan(int subgraph)
    {
        if (--_plansLeft < 0)
        {
            throw new OperatorException($"subgraph {subgraph}", $"the subgraphs call each other with more than {PlansMax:N0} combinations of shapes, which is not supported");
        }
    }
}
