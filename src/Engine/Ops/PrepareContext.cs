using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Graft.Errors;
using Graft.Graphs;
using Graft.Planning;

namespace Graft.Ops;

/// <summary>One node with all its shapes known, for choosing kernels and preparing constants.</summary>
internal readonly struct PrepareContext(ITensorFacts facts, Subgraph subgraph, Node node, ScratchLayout scratch, PlanOptions options, PackedWeights packed)
{
    private readonly ITensorFacts _facts = facts;
    private readonly ScratchLayout _scratch = scratch;
    private readonly PackedWeights _packed = packed;
    private readonly PlanOptions _options = options;

    public Subgraph Subgraph { get; } = subgraph;

    public Node Node { get; } = node;

    /// <summary>The same node with other tensors as inputs, for an operator that is made of others; -1 stands for output 0.</summary>
    public PrepareContext With(params ReadOnlySpan<int> inputs)
    {
        var tensors = System.Collections.Immutable.ImmutableArray.CreateBuilder<int>(inputs.Length);
        foreach (int input in inputs) tensors.Add(input < 0 ? Node.Outputs[0] : Node.Inputs[input]);
        return new(_facts, Subgraph, Node with { Inputs = tensors.MoveToImmutable() }, _scratch, _options, _packed);
    }

    /// <summary>The same node with an input whose bytes are read as those of another type.</summary>
    public PrepareContext Reading(int input, DType type)
    {
        var tensors = Subgraph.Tensors.SetItem(Node.Inputs[input], Input(input) with { Type = type });
        return new(_facts, Subgraph with { Tensors = tensors }, Node, _scratch, _options, _packed);
    }

    public int InputCount => Node.Inputs.Length;

    public int OutputCount => Node.Outputs.Length;

    public KernelSet Kernels { get; } = options.Kernels;

    /// <summary>The kernels for float arithmetic whose order or functions decide the last bit: plain loops where the model demands them.</summary>
    public KernelSet FloatKernels => PlainFloats ? KernelSet.Reference : Kernels;

    /// <summary>Float results must have the bits of plain loops; see <see cref="FloatDemand"/>.</summary>
    public bool PlainFloats { get; } = options.PlainFloats;

    /// <summary>Workers that may run a parallel step: the number of per-worker scratch areas.</summary>
    public int Workers { get; } = options.Threads;

    /// <summary>True when adapters may be bound to this node's slot.</summary>
    public bool IsAdapted { get; } = options.Adapted && node.Slot >= 0;

    /// <summary>Whether an input is there; the index may be -1, for one that the operator does not have.</summary>
    public bool HasInput(int i) => (uint)i < (uint)Node.Inputs.Length && Node.Inputs[i] >= 0;

    public TensorInfo Input(int i) => Subgraph.Tensors[Node.Inputs[i]];

    public TensorInfo Output(int i) => Subgraph.Tensors[Node.Outputs[i]];

    public DType Type(int input) => Input(input).Type;

    public Shape Shape(int input) => _facts.ShapeOf(Node.Inputs[input])!.Value;

    /// <summary>The shape of any tensor of the subgraph, when it is known.</summary>
    public Shape? ShapeOf(int tensor) => _facts.ShapeOf(tensor);

    /// <summary>The shape of an output; unknown only for operators that set it when they run.</summary>
    public Shape OutputShape(int output) => _facts.ShapeOf(Node.Outputs[output])!.Value;

    public bool IsOutputShapeKnown(int output) => _facts.ShapeOf(Node.Outputs[output]) is not null;

    public Operand In(int i) => new(HasInput(i) ? Node.Inputs[i] : -1);

    public Operand Out(int i) => new(i < Node.Outputs.Length ? Node.Outputs[i] : -1);

    /// <summary>The data of an input that is constant in the model; what is made from it may be kept.</summary>
    public bool TryConstant(int input, out ConstantData data)
    {
        data = HasInput(input) ? Input(input).Constant : default;
        return data.IsPresent;
    }

    /// <summary>The values of an input as they are now: valid during this call. Known for inputs that shape inference has read.</summary>
    public bool TryBytes(int input, out ReadOnlySpan<byte> bytes) => _facts.TryBytes(Node.Inputs[input], out bytes);

    /// <summary>An integer input (axes, paddings, sizes) that shape inference has already read.</summary>
    public int[] Integers(int input)
    {
        int[]? values = TryBytes(input, out var bytes) ? Ops.Integers.Read(Type(input), bytes) : null;
        if (values is null) Fail($"input {input} must hold integers known before the node runs");
        return values;
    }

    /// <summary>
    /// A rearranged form of a constant input, made once per model and shared by all plans. <paramref name="layout"/> must say all that
    /// the form depends on beyond the bytes.
    /// </summary>
    public T Packed<T>(int input, string layout, Func<ConstantData, T> pack) where T : class =>
        _packed.Get(Input(input).Constant, layout, pack);

    /// <summary>Another subgraph of the model, that the operator calls.</summary>
    public Subgraph Callee(int index) => _facts.Callee(index);

    /// <summary>Scratch memory that all workers share, alive while the node's steps run.</summary>
    public Scratch ScratchShared(long byteCount) => _scratch.Add(byteCount, 1);

    /// <summary>Scratch memory for each worker of a parallel step.</summary>
    public Scratch ScratchPerWorker(long byteCount) => _scratch.Add(byteCount, Workers);

    public void Require([DoesNotReturnIf(false)] bool condition, string problem)
    {
        if (!condition) Fail(problem);
    }

    public void Require([DoesNotReturnIf(false)] bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Problem problem)
    {
        if (!condition) Fail(problem.Text());
    }

    [DoesNotReturn]
    public void Fail(string problem) => Throw.Operator(Subgraph, Node, problem);
}
