using Graft.Runtime;

namespace Graft.Ops;

/// <summary>An operator with its attributes: immutable, shared by all interpreters of a model.</summary>
internal interface IOp
{
    /// <summary>Sets the shape of every output, or leaves it unknown when it depends on values that are not known yet. Pure.</summary>
    void Infer(in InferContext c);

    /// <summary>Chooses kernels and prepares constants for known shapes; asks for scratch memory.</summary>
    IStep Prepare(in PrepareContext c);
}

/// <summary>What an operator states about itself once: its signature, and how it is read from a file.</summary>
internal interface IOp<TSelf> : IOp where TSelf : IOp<TSelf>
{
    static abstract OpSignature Signature { get; }

    static abstract TSelf Read(in OperatorDef def);
}

/// <summary>One step of a plan: no shape logic, no choice of type, no allocation.</summary>
internal interface IStep
{
    /// <summary>Estimated elementary operations, where they may be many more than the bytes that are read and written; else 0.</summary>
    long Work => 0;

    /// <summary>Multiply-adds of a matrix product or convolution; otherwise 0.</summary>
    long Products => 0;

    /// <summary>What multiplies, for people who ask; null where nothing does.</summary>
    string? Kernel => null;

    /// <summary>How many of these threads share the step.</summary>
    int ThreadsFor(int available) => 1;

    void Run(in RunContext c);
}

/// <summary>The operator has effects or hidden inputs (variables, random state, host code): it is never folded or removed.</summary>
internal interface IStateful;

/// <summary>The outputs' values depend on the inputs' shapes alone, so that they are known as soon as those are.</summary>
internal interface IShapeOnly;

/// <summary>Output 0 has the bytes of input 0 in the same order: the planner lets them share memory and drops the step.</summary>
internal interface IView;

/// <summary>The step may write output 0 over an input of the same size that nothing else needs.</summary>
internal interface IInPlace
{
    /// <summary>The inputs that output 0 may overwrite, best first.</summary>
    ReadOnlySpan<int> InPlaceInputs { get; }
}

/// <summary>Each element of output 0 depends on one element of every input alone, inputs being broadcast together.</summary>
internal interface IPointwise;

/// <summary>The operator runs other subgraphs of the model.</summary>
internal interface ICallsSubgraphs
{
    ReadOnlySpan<int> Subgraphs { get; }
}

/// <summary>Adapters can act on this operator: each of its nodes owns a slot, empty until an adapter is bound.</summary>
internal interface IAdaptable;

/// <summary>Adapters can change the rows of output 0 behind the node: each of its nodes owns a slot, empty until an adapter is bound.</summary>
internal interface IChangeable;

/// <summary>The operator understands sparse constants; others would read them as dense.</summary>
internal interface IReadsSparse;
