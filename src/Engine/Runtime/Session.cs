using Graft.Errors;
using Graft.Graphs;
using Graft.Planning;

namespace Graft.Runtime;

/// <summary>The mutable state of one interpreter: a frame for each subgraph in use, variables, workers, options.</summary>
internal sealed class Session : IDisposable
{
    private readonly Graph _graph;
    private readonly PlanCache _plans;
    private readonly Frame?[] _frames;
    private NativeBuffer? _workspace;
    private int _workspaceLength;
    private NativeBuffer? _shared;

    public Session(Graph graph, PlanCache plans, PackedWeights packed, PlanOptions options)
    {
        _graph = graph;
        _plans = plans;
        Packed = packed;
        PlanOptions = options;
        _frames = new Frame?[graph.Subgraphs.Length];
        Workers = new WorkerPool(options.Threads);
    }

    public PlanOptions PlanOptions { get; private set; }

    public PackedWeights Packed { get; }

    public WorkerPool Workers { get; }

    public Resources Resources { get; } = new();

    public Profiler? Profiler { get; set; }

    public CancellationToken Cancellation { get; set; }

    /// <summary>The adapters of the run that is under way.</summary>
    public Bindings Bindings { get; set; } = Bindings.None;

    /// <summary>Readies plans and working memory for bindings; does nothing from the second time on.</summary>
    public void Adapt(Bindings bindings)
    {
        if (!PlanOptions.Adapted)
        {
            PlanOptions = PlanOptions with { Adapted = true };
            foreach (var frame in Frames) frame.Outdate();
        }
        if (_workspaceLength >= bindings.WorkspaceLength) return;
        _workspace?.Dispose();
        _workspaceLength = 0;
        _workspace = new NativeBuffer((long)bindings.WorkspaceLength * sizeof(float) * Workers.Count);
        _workspaceLength = bindings.WorkspaceLength;
    }

    /// <summary>A worker's memory for what is bound to slots.</summary>
    // In bounds: the buffer holds the length for each worker.
    public unsafe Span<float> Workspace(int worker) => new((void*)(_workspace!.Address + (nint)worker * _workspaceLength * sizeof(float)), _workspaceLength);

    /// <summary>Memory for what one step of a bound node hands to the next, for all workers: at least so many floats, in any state. It grows outside of parallel work only.</summary>
    public unsafe Span<float> Shared(int length)
    {
        long bytes = (long)length * sizeof(float);
        if (_shared is null || _shared.ByteCount < bytes)
        {
            _shared?.Dispose();
            _shared = null;
            _shared = new NativeBuffer(bytes);
        }
        return new((void*)_shared.Address, length);
    }

    /// <summary>The frame of a subgraph, made on first use.</summary>
    public Frame Frame(int subgraph) => _frames[subgraph] ??= new Frame(this, _graph.Subgraphs[subgraph]);

    public IEnumerable<Frame> Frames => _frames.OfType<Frame>();

    public Plan Plan(int subgraph, ReadOnlySpan<Shape> inputs) => _plans.Get(new PlanKey(subgraph, inputs.ToArray(), PlanOptions));

    public Shape?[] InferSubgraph(int subgraph, ReadOnlySpan<Shape?> inputs)
    {
        var known = new Shape[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not { } shape) return new Shape?[_graph.Subgraphs[subgraph].Outputs.Length];
            known[i] = shape;
        }
        return Plan(subgraph, known).OutputShapes;
    }

    public void ResetVariables()
    {
        foreach (var frame in Frames) frame.ResetVariables();
    }

    public void Dispose()
    {
        Workers.Dispose();
        foreach (var frame in Frames) frame.Dispose();
        Resources.Dispose();
        _workspace?.Dispose();
        _shared?.Dispose();
    }
}
