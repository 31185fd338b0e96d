namespace Graft.Conformance.Reading;

/// <summary>What the reference gave for one model: invocations in the order in which they ran.</summary>
internal sealed record Golden
{
    /// <summary>
    /// What made <c>out/</c>, such as <c>ai-edge-litert 2.3.0 BUILTIN_REF</c>; empty where the file does not say.
    /// </summary>
    public required string Reference { get; init; }

    /// <summary>
    /// True when <c>out/</c> is what the reference kernels gave, so that integers are equal bit for bit.
    /// </summary>
    public bool IsFromReferenceKernels => Reference.Contains("BUILTIN_REF", StringComparison.Ordinal);

    /// <summary>
    /// True when the file says that large outputs were left out; otherwise every output of the model must be there.
    /// </summary>
    public required bool IsTrimmed { get; init; }

    /// <summary>True when the file declares that the model has no outputs.</summary>
    public required bool DeclaresNoOutputs { get; init; }

    public required IReadOnlyList<GoldenStep> Steps { get; init; }
}

/// <summary>One invocation: what happens before it, its inputs, and its outputs.</summary>
internal sealed record GoldenStep
{
    /// <summary>Prefix of the step's tensors, such as <c>s0/</c> or <c>decode:s1/</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>The signature that runs; null for the main subgraph.</summary>
    public required string? Signature { get; init; }

    /// <summary>Whether all variables are reset before it.</summary>
    public required bool ResetsVariables { get; init; }

    /// <summary>Explicit resizes before it; inputs of another shape than the model's mean a resize as well.</summary>
    public required IReadOnlyList<GoldenResize> Resizes { get; init; }

    public required IReadOnlyDictionary<int, GoldenTensor> Inputs { get; init; }

    public required IReadOnlyDictionary<int, ExpectedOutput> Outputs { get; init; }
}

/// <summary>A new shape for an input.</summary>
internal sealed record GoldenResize(int Input, Shape Shape, bool IsStrict);

/// <summary>
/// A tensor of a golden with its true type; the shape is null where the file does not tell it (some packed outputs).
/// </summary>
internal sealed record GoldenTensor(string Key, DType Type, Shape? Shape, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// An output as one of the reference's kernel sets computed it: <c>out</c>, <c>opt</c> or <c>xnn</c>.
/// </summary>
internal sealed record KernelResult(string Kernels, GoldenTensor Tensor);

/// <summary>What is expected of one output.</summary>
/// <param name="Index">Position among the outputs.</param>
/// <param name="Results">By kernel set; the first is <c>out</c>, which decides wherever equality is asked for.</param>
/// <param name="Description">What the metadata says of the output, where it does.</param>
/// <param name="Rows">Where only some rows of the second-last axis were kept, which.</param>
internal sealed record ExpectedOutput(
    int Index, IReadOnlyList<KernelResult> Results, TensorDescription? Description, (int First, int Last)? Rows = null)
{
    public GoldenTensor Out => Results[0].Tensor;
}
