using System.Collections.Immutable;
using Graft.Runtime;

namespace Graft.Cli;

/// <summary>What runs: the main subgraph or a signature, as numbered inputs and outputs.</summary>
internal sealed class EntryPoint
{
    private readonly Action<int, Shape> _resize;
    private readonly Action<CancellationToken> _invoke;

    /// <summary>A signature's inputs and outputs are sorted by name.</summary>
    /// <exception cref="ArgumentException">The model has no such signature.</exception>
    public EntryPoint(Interpreter interpreter, string? signature)
    {
        if (signature is null)
        {
            (Inputs, Outputs) = (interpreter.Inputs, interpreter.Outputs);
            _resize = (input, shape) => interpreter.ResizeInputTensor(input, shape.Dimensions);
            _invoke = interpreter.Invoke;
            Frame = interpreter.Session.Frame(0);
            return;
        }
        var runner = interpreter.GetSignatureRunner(signature);
        (Inputs, Outputs) = (runner.Inputs, runner.Outputs);
        _resize = (input, shape) => runner.ResizeInputTensor(runner.Inputs[input].Name, shape.Dimensions);
        _invoke = runner.Invoke;
        int subgraph = interpreter.Model.Source.Signatures.First(s => s.Key == signature).Subgraph;
        Frame = interpreter.Session.Frame(subgraph);
    }

    public ImmutableArray<Tensor> Inputs { get; }

    public ImmutableArray<Tensor> Outputs { get; }

    /// <summary>The state of the subgraph that runs.</summary>
    public Frame Frame { get; }

    public void Resize(int input, Shape shape) => _resize(input, shape);

    public void Invoke(CancellationToken cancellation) => _invoke(cancellation);
}
