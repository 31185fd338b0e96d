using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Ops;
using Graft.Runtime;

namespace Graft.Planning;

/// <summary>Where a tensor of a plan lives.</summary>
internal enum Placement : byte
{
    /// <summary>Nowhere: no step reads or writes it.</summary>
    None,

    /// <summary>At a fixed address: a constant of the model or a value that the plan computed.</summary>
    Constant,

    /// <summary>In the arena, at an offset.</summary>
    Arena,

    /// <summary>In the arena, filled from a constant when the plan is installed: an output or input that has a known value.</summary>
    ArenaFromConstant,

    /// <summary>In memory that outlives the run: an is_variable tensor.</summary>
    Variable,

    /// <summary>In memory of its own that is sized when the run gets there.</summary>
    Dynamic,
}

/// <summary>A tensor's place: an address for constants, an offset for the arena; and its size, 0 where only a run knows it.</summary>
internal readonly record struct PlannedTensor(Placement Placement, nint Address, long Offset, long ByteCount, Shape Shape, bool IsShapeKnown);

/// <summary>A step with the node it came from.</summary>
internal readonly struct PlannedStep
{
    public PlannedStep(IStep step, int node, int threads)
    {
        (Step, Node) = (step, node);
        if (step is not ParallelStep parallel || WorkerPool.Worth(threads, parallel.Units, parallel.UnitCost) > 1) return;
        (Alone, Units) = (parallel, parallel.Units);
    }

    public IStep Step { get; }

    public int Node { get; }

    /// <summary>The step when the calling thread does all of its <see cref="Units"/>: known when the plan is made.</summary>
    public ParallelStep? Alone { get; }

    public int Units { get; }

    public void Run(in RunContext c)
    {
        if (Alone is { } alone) alone.RunRange(c, 0, Units, 0);
        else Step.Run(c);
    }
}

/// <summary>
/// What an interpreter executes for given input shapes: steps with kernels chosen, constants prepared, memory laid out. Immutable and
/// shared by all interpreters of a model.
/// </summary>
internal sealed class Plan
{
    public required Subgraph Subgraph { get; init; }

    public required ImmutableArray<PlannedStep> Steps { get; init; }

    public required PlannedTensor[] Tensors { get; init; }

    public required ImmutableArray<(ScratchLayout.Area Area, long Offset)> Scratch { get; init; }

    /// <summary>Bytes of the arena: all tensors and scratch areas of static shape.</summary>
    public required long ArenaBytes { get; init; }

    /// <summary>The largest total of bytes that are alive at one step: no arena can be smaller.</summary>
    public required long ArenaLowerBound { get; init; }

    /// <summary>For each input of the subgraph, the tensors that are names for its memory, itself included.</summary>
    public required ImmutableArray<int[]> InputViews { get; init; }

    /// <summary>Values that the plan computed; alive as long as the plan.</summary>
    public required ImmutableArray<NativeBuffer> Values { get; init; }

    public Shape?[] OutputShapes => Subgraph.Outputs.Map(t => Tensors[t].IsShapeKnown ? Tensors[t].Shape : (Shape?)null);

    public bool IsStatic => Steps.All(s => s.Step is not DynamicStep);
}
