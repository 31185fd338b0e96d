using Graft.Conformance.Comparing;
using Graft.Conformance.Rules;

namespace Graft.Conformance.Running;

/// <summary>A model ready to run: Graft's interpreter, or a stand-in that tests the comparison.</summary>
internal interface IModelRunner : IDisposable
{
    ModelFacts Facts { get; }

    /// <summary>The runner of a signature, or of the main subgraph; all share the model's variables.</summary>
    /// <exception cref="ArgumentException">The model has no such signature.</exception>
    IEntryPoint Select(string? signature);

    void ResetVariables();
}

/// <summary>A signature, or the main subgraph: inputs and outputs by number.</summary>
internal interface IEntryPoint
{
    int InputCount { get; }

    int OutputCount { get; }

    /// <summary>The shape that the model declares, or the last one that <see cref="Resize"/> set.</summary>
    Shape InputShape(int input);

    DType InputType(int input);

    /// <exception cref="ArgumentException">There is no such input, or the shape is not allowed.</exception>
    void Resize(int input, Shape shape, bool isStrict);

    /// <exception cref="ArgumentException">The bytes do not fit the input.</exception>
    void SetInput(int input, DType type, ReadOnlySpan<byte> bytes);

    /// <summary>Makes an input zero, or empty strings, in the shape that it has.</summary>
    void ClearInput(int input);

    void Invoke(CancellationToken cancellation);

    /// <summary>An output; valid until the next call that changes anything.</summary>
    Actual Output(int output);
}
