using System.Collections.Immutable;
using Graft.Errors;
using Graft.Graphs;
using Graft.Planning;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// Runs a <see cref="Model"/>. Holds what changes between runs: tensors, variables, threads. Used by one thread at a time; make as many
/// interpreters as needed, they share the model's weights.
/// </summary>
public sealed class Interpreter : IDisposable
{
    private const int Idle = 0, Running = 1, Disposed = 2, DisposedWhileRunning = 3;

    /// <summary>Beyond the cores of any machine: a larger number is a mistake, and each would cost a thread.</summary>
    private const int ThreadsMax = 1024;

    private readonly Model _model;
    private readonly Session _session;
    private readonly SubgraphRunner _main;
    private readonly Dictionary<string, SignatureRunner> _signatures = [];
    private Bindings _bindings = Bindings.None;
    private AdapterSelection? _adapter;
    private int _state;

    /// <summary>Prepares to run the model; memory is laid out when a tensor is first used.</summary>
    public Interpreter(Model model, InterpreterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, ThreadsMax);
        model.Lease();
        _model = model;
        var plan = new PlanOptions(options.Kernels, options.Threads, options.PreserveAllTensors, model.PlainFloats || options.ReproduceReferenceFloats, model.HasAdapters);
        bool source = options.PreserveAllTensors;
        _session = new Session(source ? model.Source : model.Optimized, source ? model.SourcePlans : model.Plans, model.Packed, plan)
        {
            Profiler = options.Profile ? new Profiler() : null,
        };
        _main = new SubgraphRunner(this, _session.Frame(0));
        Inputs = _main.Tensors(_main.Frame.Subgraph.Inputs);
        Outputs = _main.Tensors(_main.Frame.Subgraph.Outputs);
    }

    /// <summary>Inputs of the main subgraph, in file order.</summary>
    public ImmutableArray<Tensor> Inputs { get; }

    /// <summary>Outputs of the main subgraph, in file order.</summary>
    public ImmutableArray<Tensor> Outputs { get; }

    /// <summary>Bytes of the arena that intermediate tensors share; see <see cref="ArenaLowerBound"/>.</summary>
    public long ArenaBytes
    {
        get
        {
            AllocateTensors();
            return _main.Frame.Plan!.ArenaBytes;
        }
    }

    /// <summary>The largest total of bytes alive at one step: no arrangement can need less.</summary>
    public long ArenaLowerBound
    {
        get
        {
            AllocateTensors();
            return _main.Frame.Plan!.ArenaLowerBound;
        }
    }

    /// <summary>Time spent in each node since the interpreter was made; empty unless <see cref="InterpreterOptions.Profile"/> is set.</summary>
    public ImmutableArray<NodeProfile> Profile => _session.Profiler is null ? [] : [.. _session.Profiler.Entries.Select(DescribeNode)];

    internal Session Session => _session;

    internal Model Model => _model;

    /// <summary>What is bound to the adapter slots; a run keeps what it began with.</summary>
    internal Bindings Bindings
    {
        get => Volatile.Read(ref _bindings);
        set => Volatile.Write(ref _bindings, value);
    }

    /// <summary>
    /// What runs from now on beside the model: an adapter, one for each row, or null for the plain model. Setting it exchanges a reference, also during a run on another
    /// thread, which ends with what it began with. The interpreter keeps the adapter's memory until another is set.
    /// </summary>
    /// <exception cref="ArgumentException">The adapter is bound to another model.</exception>
    /// <exception cref="ObjectDisposedException">The adapter has been disposed.</exception>
    public AdapterSelection? Adapter
    {
        get => Volatile.Read(ref _adapter);
        set
        {
            if (value is not null && value.Model != _model) throw new ArgumentException("the adapter is bound to another model; load it with this one's LoadAdapter", nameof(value));
            ObjectDisposedException.ThrowIf(value is not null && !value.TryAcquire(), value!);
            var before = Interlocked.Exchange(ref _adapter, value);
            Bindings = value?.Bindings ?? Bindings.None;
            before?.Release();
        }
    }

    /// <summary>Declares a new shape for an input. Takes effect at once; contents of all tensors are undefined afterwards.</summary>
    /// <exception cref="ArgumentException">The index or shape is invalid, or contradicts a fixed dimension when <paramref name="strict"/>.</exception>
    public void ResizeInputTensor(int input, ReadOnlySpan<int> shape, bool strict = false) => Resize(_main, input, shape, strict);

    /// <summary>Plans and lays out memory for the present input shapes. Called by everything that needs it.</summary>
    /// <exception cref="OperatorException">Shapes do not fit together; the message names the node.</exception>
    public void AllocateTensors() => Ready(_main.Frame);

    /// <summary>Runs the main subgraph.</summary>
    /// <exception cref="OperatorException">A node failed on the data; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two nodes; outputs are undefined, the interpreter stays usable.</exception>
    /// <exception cref="InvalidOperationException">The interpreter is running on another thread.</exception>
    public void Invoke(CancellationToken cancellation = default) => Run(_main, cancellation);

    /// <summary>The runner of a signature.</summary>
    /// <exception cref="ArgumentException">The model has no such signature.</exception>
    public SignatureRunner GetSignatureRunner(string key)
    {
        using var use = Use();
        if (_signatures.TryGetValue(key, out var known)) return known;
        var signature = _model.Source.Signatures.FirstOrDefault(s => s.Key == key)
            ?? throw new ArgumentException($"the model has no signature '{key}' (it has: {string.Join(", ", _model.SignatureKeys)})", nameof(key));
        return _signatures[key] = new SignatureRunner(this, new SubgraphRunner(this, _session.Frame(signature.Subgraph)), signature);
    }

    /// <summary>Sets the state that models carry from run to run (is_variable tensors) back to zero.</summary>
    public void ResetVariables()
    {
        using var use = Use();
        _session.ResetVariables();
    }

    /// <summary>Frees the interpreter's memory; during a run on another thread, as soon as that run ends.</summary>
    public void Dispose()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (state is Disposed or DisposedWhileRunning) return;
            int next = state == Running ? DisposedWhileRunning : Disposed;
            if (Interlocked.CompareExchange(ref _state, next, state) != state) continue;
            if (next == Disposed) Free();
            return;
        }
    }

    internal void Run(SubgraphRunner runner, CancellationToken cancellation)
    {
        using var use = Use();
        cancellation.ThrowIfCancellationRequested();
        var bindings = Acquire();
        try
        {
            if (bindings != Bindings.None) _session.Adapt(bindings);
            runner.Prepare();
            if (_session.Bindings != bindings) _session.Bindings = bindings;
            if (cancellation.CanBeCanceled) _session.Cancellation = cancellation;
            runner.Frame.Run();
        }
        finally
        {
            if (cancellation.CanBeCanceled) _session.Cancellation = default;
            bindings.Release();
        }
    }

    internal void Resize(SubgraphRunner runner, int input, ReadOnlySpan<int> shape, bool strict)
    {
        using var use = Use();
        runner.Resize(input, shape, strict);
    }

    /// <summary>Lays out a frame's memory if that has not been done for its present input shapes.</summary>
    internal void Ready(Frame frame)
    {
        if (Volatile.Read(ref _state) == Idle && frame.Plan is not null && !frame.IsStale && !frame.IsBound) return;
        using var use = Use();
        SubgraphRunner.Of(frame).Prepare();
    }

    /// <summary>Holds the interpreter for one thread until the result is disposed.</summary>
    internal Turn Use()
    {
        int before = Interlocked.CompareExchange(ref _state, Running, Idle);
        ObjectDisposedException.ThrowIf(before >= Disposed, this);
        if (before == Running) Throw.ConcurrentUse();
        return new(this);
    }

    private NodeProfile DescribeNode((int Subgraph, int Node, TimeSpan Total, long Count) entry)
    {
        var subgraph = _session.Frame(entry.Subgraph).Subgraph;
        var node = subgraph.Nodes[entry.Node];
        return new(entry.Subgraph, node.Origin.First, node.Id.Name, Throw.Describe(subgraph, node), entry.Total, entry.Count);
    }

    private void Leave()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Running) == Running) return;
        Volatile.Write(ref _state, Disposed);
        Free();
    }

    /// <summary>The present bindings, held until they are released; one that was exchanged and freed just now is left for its successor.</summary>
    private Bindings Acquire()
    {
        while (true)
        {
            var bindings = Bindings;
            if (bindings.TryAcquire()) return bindings;
        }
    }

    private void Free()
    {
        Interlocked.Exchange(ref _adapter, null)?.Release();
        _session.Dispose();
        _model.Release();
    }

    /// <summary>The time during which one thread uses the interpreter.</summary>
    internal readonly ref struct Turn(Interpreter interpreter)
    {
        public void Dispose() => interpreter.Leave();
    }
}
