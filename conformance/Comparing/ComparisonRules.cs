using Graft.Conformance.Rules;

namespace Graft.Conformance.Comparing;

/// <summary>
/// What decides a comparison besides the numbers: the model, and whether <c>out/</c> is from the reference kernels.
/// </summary>
internal readonly record struct ComparisonRules(ModelFacts Model, bool FromReferenceKernels);

/// <summary>An output as Graft computed it.</summary>
internal readonly ref struct Actual(DType type, Shape shape, Quantization? quantization, ReadOnlySpan<byte> bytes)
{
    public DType Type { get; } = type;

    public Shape Shape { get; } = shape;

    public Quantization? Quantization { get; } = quantization;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
