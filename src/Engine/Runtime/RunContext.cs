using System.Runtime.CompilerServices;
using Graft.Ops;

namespace Graft.Runtime;

/// <summary>What a running step sees: the memory of its operands, scratch, and the state of the interpreter.</summary>
internal readonly unsafe struct RunContext(Frame frame, ScratchTable scratch)
{
    private readonly Frame _frame = frame;
    private readonly ScratchTable _scratch = scratch;

    public Session Session => _frame.Session;

    public Frame Frame => _frame;

    /// <summary>The elements of an operand.</summary>
    // In bounds: the planner or Resize gave the tensor ByteCount bytes at Address.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Read<T>(Operand operand) where T : unmanaged
    {
        ref var state = ref _frame.Tensors[operand.Tensor];
        return new((void*)state.Address, (int)((uint)state.ByteCount / (uint)sizeof(T)));
    }

    /// <summary>The elements of an output, to be written whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Write<T>(Operand operand) where T : unmanaged
    {
        ref var state = ref _frame.Tensors[operand.Tensor];
        return new((void*)state.Address, (int)((uint)state.ByteCount / (uint)sizeof(T)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Scratch<T>(Scratch area, int worker = 0) where T : unmanaged => _scratch.Span<T>(area.Index, worker);

    /// <summary>The present shape of an operand; for steps whose shapes are known only now.</summary>
    public Shape Shape(Operand operand) => _frame.Tensors[operand.Tensor].Shape;

    public DType Type(Operand operand) => _frame.Subgraph.Tensors[operand.Tensor].Type;

    /// <summary>Gives an output its shape and memory, for steps that find the shape while they run.</summary>
    public void Resize(Operand operand, Shape shape) => _frame.Resize(operand.Tensor, shape);

    /// <summary>The same for strings, whose byte count the shape does not tell.</summary>
    public void Resize(Operand operand, Shape shape, int byteCount) => _frame.Resize(operand.Tensor, shape, byteCount);

    /// <summary>Runs the units of a step on the interpreter's workers; returns when all are done.</summary>
    public void Parallel(ParallelStep step) => Session.Workers.Run(step, this);

    /// <summary>The adapters bound for this run.</summary>
    public Bindings Bindings => Session.Bindings;

}
