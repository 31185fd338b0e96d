using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Runtime;

namespace Graft;

/// <summary>Runs one signature of a model. All signatures of an interpreter share its variables.</summary>
public sealed class SignatureRunner
{
    private readonly Interpreter _interpreter;
    private readonly SubgraphRunner _runner;

    internal SignatureRunner(Interpreter interpreter, SubgraphRunner runner, SignatureInfo signature)
    {
        _interpreter = interpreter;
        _runner = runner;
        Key = signature.Key;
        Inputs = [.. signature.Inputs.Select(t => new Tensor(interpreter, runner.Frame, t.Tensor, t.Name))];
        Outputs = [.. signature.Outputs.Select(t => new Tensor(interpreter, runner.Frame, t.Tensor, t.Name))];
    }

    public string Key { get; }

    /// <summary>Sorted by name.</summary>
    public ImmutableArray<Tensor> Inputs { get; }

    /// <summary>Sorted by name.</summary>
    public ImmutableArray<Tensor> Outputs { get; }

    /// <exception cref="ArgumentException">The signature has no such input.</exception>
    public Tensor Input(string name) => Find(Inputs, name, "input");

    /// <exception cref="ArgumentException">The signature has no such output.</exception>
    public Tensor Output(string name) => Find(Outputs, name, "output");

    /// <inheritdoc cref="Interpreter.ResizeInputTensor"/>
    public void ResizeInputTensor(string name, ReadOnlySpan<int> shape, bool strict = false) =>
        _interpreter.Resize(_runner, _runner.Frame.Subgraph.Inputs.IndexOf(Input(name).Index), shape, strict);

    /// <inheritdoc cref="Interpreter.Invoke"/>
    public void Invoke(CancellationToken cancellation = default) => _interpreter.Run(_runner, cancellation);

    private Tensor Find(ImmutableArray<Tensor> tensors, string name, string kind)
    {
        foreach (var tensor in tensors)
        {
            if (tensor.Name == name) return tensor;
        }
        throw new ArgumentException($"signature '{Key}' has no {kind} '{name}' (it has: {string.Join(", ", tensors.Select(t => t.Name))})", nameof(name));
    }
}
