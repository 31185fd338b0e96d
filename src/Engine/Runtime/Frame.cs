using Graft.Errors;
using Graft.Graphs;
using Graft.Ops;
using Graft.Planning;

namespace Graft.Runtime;

/// <summary>The mutable state of one subgraph of one interpreter: a plan, its arena, variables, and tensors sized at run time.</summary>
internal sealed unsafe class Frame(Session session, Subgraph subgraph) : ITensorFacts, IDisposable
{
    /// <summary>More strings than this must be set before a run: a shape alone, which a file may invent, costs no memory.</summary>
    private const int EmptyStringsMax = 1 << 20;

    private readonly NativeBuffer?[] _own = new NativeBuffer?[subgraph.Tensors.Length];
    private readonly DynamicNode?[] _dynamic = new DynamicNode?[subgraph.Nodes.Length];
    private NativeBuffer? _arena;
    private ScratchTable _scratch = new(0);
    private Bindings _overriding = Bindings.None;
    private bool _isOutdated;

    public Session Session { get; } = session;

    public Subgraph Subgraph { get; } = subgraph;

    public TensorState[] Tensors { get; } = new TensorState[subgraph.Tensors.Length];

    /// <summary>The plan that is installed; null before the first <see cref="Prepare"/>.</summary>
    public Plan? Plan { get; private set; }

    /// <summary>The shapes that the user asked for; null for subgraphs that only others run.</summary>
    public SubgraphRunner? Runner { get; set; }

    /// <summary>Set when input shapes were declared that the plan does not have yet.</summary>
    public bool IsStale { get; set; }

    /// <summary>Where tensors that are not constant are noted when their values are read for preparation; null while nobody asks.</summary>
    public List<int>? ValuesRead { get; set; }

    /// <summary>True while inputs lie in the memory of a frame that called this one.</summary>
    public bool IsBound { get; private set; }

    /// <summary>Set when a plan of other options must be asked for.</summary>
    public bool IsOutdated => _isOutdated;

    /// <summary>Has the plan made again before the next run, since the options changed; inputs and variables keep their contents.</summary>
    public void Outdate()
    {
        _isOutdated = Plan is not null;
        for (int n = 0; n < _dynamic.Length; n++)
        {
            _dynamic[n]?.Dispose();
            _dynamic[n] = null;
        }
    }

    /// <summary>Installs the plan for these input shapes; does nothing when it is installed already.</summary>
    public void Prepare(ReadOnlySpan<Shape> inputs)
    {
        if (Plan is not null && HasShapes(Plan, inputs))
        {
            if (!_isOutdated) return;
            Reinstall(Session.Plan(Subgraph.Index, inputs));
        }
        else
        {
            Install(Session.Plan(Subgraph.Index, inputs));
        }
        _isOutdated = false;
    }

    /// <summary>
    /// Lets an input read memory of a caller, which must stay until the run ends. What a run may write, a variable, is copied instead.
    /// </summary>
    public void Bind(int input, Frame caller, int tensor)
    {
        ref readonly var value = ref caller.Tensors[tensor];
        int own = Subgraph.Inputs[input];
        if (Plan!.Tensors[own].Placement is not (Placement.Arena or Placement.Dynamic))
        {
            Receive(own, caller, tensor);
            return;
        }
        IsBound = true;
        foreach (int view in Plan.InputViews[input])
        {
            Tensors[view].Address = value.Address;
            Tensors[view].ByteCount = value.ByteCount;
        }
    }

    /// <summary>Gives inputs that were bound their own memory again.</summary>
    public void Unbind()
    {
        if (!IsBound) return;
        IsBound = false;
        foreach (var views in Plan!.InputViews)
        {
            foreach (int view in views) Place(view, Plan.Tensors[view]);
        }
    }

    /// <summary>Copies a tensor of another frame, or of this one: shape and bytes.</summary>
    public void Receive(int tensor, Frame source, int from)
    {
        ref readonly var value = ref source.Tensors[from];
        ref readonly var own = ref Tensors[tensor];
        if (own.Address == value.Address && own.ByteCount == value.ByteCount && own.Address != 0) return;
        Resize(tensor, value.Shape, value.ByteCount);
        source.Bytes(from).CopyTo(Writable(tensor));
    }

    /// <summary>Puts the constants that bindings replace in place of the file's, after those of former bindings went.</summary>
    private void Override(Bindings bindings)
    {
        foreach (var old in _overriding.Overrides)
        {
            if (old.Subgraph == Subgraph.Index) Tensors[old.Tensor].Address = Plan!.Tensors[old.Tensor].Address;
        }
        _overriding = Bindings.None;
        foreach (var replaced in bindings.Overrides)
        {
            if (replaced.Subgraph != Subgraph.Index) continue;
            Errors.Check.That(Plan!.Tensors[replaced.Tensor].Placement == Placement.Constant && Tensors[replaced.Tensor].ByteCount == replaced.Memory.ByteCount);
            Tensors[replaced.Tensor].Address = replaced.Memory.Address;
        }
        _overriding = bindings;
    }

    /// <summary>Runs all steps. An error names the node.</summary>
    public void Run()
    {
        if (_overriding != Session.Bindings) Override(Session.Bindings);
        var steps = Plan!.Steps.AsSpan();
        var context = new RunContext(this, _scratch);
        int at = 0;
        try
        {
            if (Session.Profiler is { } profiler)
            {
                for (; at < steps.Length; at++) profiler.Time(Subgraph.Index, steps[at], context);
                return;
            }
            var cancellation = Session.Cancellation;
            bool canStop = cancellation.CanBeCanceled;
            for (; at < steps.Length; at++)
            {
                if (canStop) cancellation.ThrowIfCancellationRequested();
                steps[at].Run(context);
            }
        }
        catch (Exception e) when (e is not OperatorException && !(e is OperationCanceledException && Session.Cancellation.IsCancellationRequested))
        {
            Throw.Failed(Subgraph, Subgraph.Nodes[steps[at].Node], e);
        }
    }

    /// <summary>Infers, prepares and runs a node whose shapes are known only now.</summary>
    public void RunDynamic(Node node)
    {
        var dynamic = _dynamic[node.Index] ??= new DynamicNode(this, node);
        dynamic.Run();
    }

    /// <summary>Gives a tensor a shape and memory for it.</summary>
    public void Resize(int tensor, Shape shape)
    {
        var info = Subgraph.Tensors[tensor];
        long bytes = info.Type is DType.String or DType.Variant ? 0 : info.Type.ByteCount(shape.ElementCount);
        if (bytes > int.MaxValue) StepFault.Raise($"tensor {info} would need {bytes:N0} bytes; at most 2 GB are supported");
        Resize(tensor, shape, (int)bytes);
    }

    public void Resize(int tensor, Shape shape, int byteCount)
    {
        ref var state = ref Tensors[tensor];
        if (Plan is not null && Plan.Tensors[tensor].Placement is not (Placement.Dynamic or Placement.Variable or Placement.None))
        {
            if (state.ByteCount == byteCount) return;
            StepFault.Raise($"tensor {Subgraph.Tensors[tensor]} was planned with {Plan.Tensors[tensor].Shape} and cannot become {shape}");
        }
        state.Shape = shape;
        state.IsShapeKnown = true;
        if (state.Address != 0 && state.ByteCount == byteCount) return;
        if (_own[tensor] is not { } memory || memory.ByteCount < byteCount)
        {
            _own[tensor]?.Dispose();
            _own[tensor] = memory = new NativeBuffer(byteCount);
        }
        state.Address = memory.Address;
        state.ByteCount = byteCount;
    }

    public ReadOnlySpan<byte> Bytes(int tensor) => Writable(tensor);

    // In bounds: as in RunContext.Read.
    public Span<byte> Writable(int tensor) => new((void*)Tensors[tensor].Address, Tensors[tensor].ByteCount);

    /// <summary>Sets every is_variable tensor to zero: for quantised 8-bit tensors, to the zero point.</summary>
    public void ResetVariables()
    {
        for (int t = 0; t < Subgraph.Tensors.Length; t++)
        {
            var info = Subgraph.Tensors[t];
            if (!info.IsVariable || Tensors[t].Address == 0) continue;
            byte zero = info.Type == DType.Int8 && info.Quantization is { } q ? (byte)(sbyte)q.ZeroPoint : (byte)0;
            Writable(t).Fill(zero);
        }
    }

    public Shape? ShapeOf(int tensor) => Tensors[tensor].IsShapeKnown ? Tensors[tensor].Shape : null;

    public void SetShape(int tensor, Shape shape)
    {
        if (Subgraph.Tensors[tensor].Type is DType.String)
        {
            Tensors[tensor].Shape = shape;
            Tensors[tensor].IsShapeKnown = true;
            return;
        }
        Resize(tensor, shape);
    }

    public bool TryBytes(int tensor, out ReadOnlySpan<byte> bytes)
    {
        if (!Subgraph.Tensors[tensor].Constant.IsPresent) ValuesRead?.Add(tensor);
        bytes = Bytes(tensor);
        return true;
    }

    public Shape?[] InferSubgraph(int subgraph, ReadOnlySpan<Shape?> inputs) => Session.InferSubgraph(subgraph, inputs);

    public Subgraph Callee(int subgraph) => Session.Frame(subgraph).Subgraph;

    public void Dispose()
    {
        _arena?.Dispose();
        foreach (var memory in _own) memory?.Dispose();
        foreach (var node in _dynamic) node?.Dispose();
    }

    private bool HasShapes(Plan plan, ReadOnlySpan<Shape> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (plan.Tensors[Subgraph.Inputs[i]].Shape != inputs[i]) return false;
        }
        return true;
    }

    /// <summary>Installs a plan of the same shapes without losing what the caller wrote to the inputs.</summary>
    private void Reinstall(Plan plan)
    {
        byte[][] inputs = [.. Subgraph.Inputs.Select(t => Bytes(t).ToArray())];
        Install(plan);
        for (int i = 0; i < inputs.Length; i++)
        {
            int t = Subgraph.Inputs[i];
            if (Tensors[t].ByteCount != inputs[i].Length) Resize(t, Tensors[t].Shape, inputs[i].Length);
            inputs[i].CopyTo(Writable(t));
        }
    }

    private void Install(Plan plan)
    {
        if (_arena is null || _arena.ByteCount < plan.ArenaBytes)
        {
            // Without a plan until the memory is there: what was laid out points to the old arena.
            Plan = null;
            _arena?.Dispose();
            _arena = null;
            _arena = Allocate(plan.ArenaBytes);
        }
        Plan = plan;
        for (int t = 0; t < Tensors.Length; t++) Place(t, plan.Tensors[t]);
        foreach (int t in Subgraph.Inputs) FillInput(t);
        _scratch = new ScratchTable(plan.Scratch.Length);
        for (int i = 0; i < plan.Scratch.Length; i++)
        {
            _scratch.Set(i, _arena.Address + (nint)plan.Scratch[i].Offset, (int)plan.Scratch[i].Area.WorkerBytes);
        }
        _overriding = Bindings.None;
    }

    /// <summary>Gives an input what its file gives it, and a string tensor as many empty strings as it has elements.</summary>
    private void FillInput(int tensor)
    {
        var info = Subgraph.Tensors[tensor];
        var shape = Tensors[tensor].Shape;
        bool isGiven = info.Initial.IsPresent && shape == info.Shape;
        if (info.Type == DType.String)
        {
            if (!isGiven && shape.ElementCount > EmptyStringsMax) return;
            int count = (int)shape.ElementCount;
            Resize(tensor, shape, isGiven ? (int)info.Initial.ByteCount : StringBuffer.ByteCount(count, 0));
            if (!isGiven) StringBuffer.Clear(Writable(tensor), count);
        }
        if (isGiven) info.Initial.Bytes.CopyTo(Writable(tensor));
    }

    private NativeBuffer Allocate(long bytes)
    {
        try
        {
            return new NativeBuffer(bytes);
        }
        catch (OutOfMemoryException e)
        {
            throw new OperatorException(Subgraph.Index == 0 ? "the model" : $"subgraph {Subgraph.Index}", $"its tensors need {bytes:N0} bytes: {e.Message}", e);
        }
    }

    private void Place(int tensor, in PlannedTensor planned)
    {
        ref var state = ref Tensors[tensor];
        var info = Subgraph.Tensors[tensor];
        long bytes = planned.ByteCount;
        switch (planned.Placement)
        {
            case Placement.Constant:
                state = new() { Address = planned.Address, ByteCount = (int)bytes };
                break;
            case Placement.Arena or Placement.ArenaFromConstant:
                state = new() { Address = _arena!.Address + (nint)planned.Offset, ByteCount = (int)bytes };
                // In bounds: a known value has the byte count of the tensor's shape.
                if (planned.Address != 0) new ReadOnlySpan<byte>((void*)planned.Address, (int)bytes).CopyTo(Writable(tensor));
                break;
            case Placement.Variable:
                bool isNew = _own[tensor] is null || state.ByteCount != bytes;
                Resize(tensor, planned.Shape);
                if (isNew) Writable(tensor).Fill(info.Type == DType.Int8 && info.Quantization is { } q ? (byte)(sbyte)q.ZeroPoint : (byte)0);
                break;
            default:
                state = default;
                break;
        }
        state.Shape = planned.Shape;
        state.IsShapeKnown = planned.IsShapeKnown;
    }
}
