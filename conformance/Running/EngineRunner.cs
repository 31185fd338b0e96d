using System.Collections.Immutable;
using Graft.Conformance.Comparing;
using Graft.Conformance.Rules;

namespace Graft.Conformance.Running;

/// <summary>Runs a model with Graft.</summary>
internal sealed class EngineRunner : IModelRunner
{
    private readonly Model _model;
    private readonly Interpreter _interpreter;
    private readonly Dictionary<string, IEntryPoint> _entryPoints = [];

    private EngineRunner(Model model, ModelFacts facts, KernelSet kernels)
    {
        _model = model;
        _interpreter = new Interpreter(model, new InterpreterOptions { Kernels = kernels });
        Facts = facts;
    }

    public ModelFacts Facts { get; }

    public static IModelRunner Open(string path, KernelSet kernels)
    {
        var model = Model.Load(path);
        try
        {
            return new EngineRunner(model, ModelFactsReader.Read(model.FlatBuffer), kernels);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public IEntryPoint Select(string? signature)
    {
        string key = signature ?? "";
        if (_entryPoints.TryGetValue(key, out var known)) return known;
        return _entryPoints[key] = signature is null ? new Main(_interpreter)
            : new Named(_interpreter.GetSignatureRunner(signature));
    }

    public void ResetVariables() => _interpreter.ResetVariables();

    public void Dispose()
    {
        _interpreter.Dispose();
        _model.Dispose();
    }

    private abstract class EntryPoint(ImmutableArray<Tensor> inputs, ImmutableArray<Tensor> outputs) : IEntryPoint
    {
        // Kept here, because asking a tensor plans the whole model, which can fail while only some inputs have their
        // new shape.
        private readonly Shape[] _shapes = [.. inputs.Select(t => t.DeclaredShape)];

        public int InputCount => inputs.Length;

        public int OutputCount => outputs.Length;

        public Shape InputShape(int input) => _shapes[input];

        public DType InputType(int input) => inputs[input].Type;

        public void Resize(int input, Shape shape, bool isStrict)
        {
            if ((uint)input >= (uint)inputs.Length)
                throw new ArgumentException($"there is no input {input}; the model has {inputs.Length}");
            ResizeTensor(input, shape, isStrict);
            _shapes[input] = shape;
        }

        public void SetInput(int input, DType type, ReadOnlySpan<byte> bytes)
        {
            var tensor = inputs[input];
            if (tensor.Type != type)
                throw new ArgumentException($"input {input} \"{tensor.Name}\" holds {tensor.Type.Name()}, not {type.Name()}");
            if (type == DType.String)
            {
                tensor.SetStringBuffer(bytes);
                return;
            }
            var memory = tensor.Bytes;
            if (memory.Length != bytes.Length)
                throw new ArgumentException($"input {input} {tensor} takes {memory.Length} bytes, not {bytes.Length}");
            bytes.CopyTo(memory);
        }

        // Inputs that are no numbers are empty before anything is set.
        public void ClearInput(int input)
        {
            if (inputs[input].Type is not (DType.String or DType.Variant or DType.Resource)) inputs[input].Bytes.Clear();
        }

        public abstract void Invoke(CancellationToken cancellation);

        protected abstract void ResizeTensor(int input, Shape shape, bool isStrict);

        public Actual Output(int output)
        {
            var tensor = outputs[output];
            return new(tensor.Type, tensor.Shape, tensor.Quantization, tensor.Bytes);
        }
    }

    private sealed class Main(Interpreter interpreter) : EntryPoint(interpreter.Inputs, interpreter.Outputs)
    {
        protected override void ResizeTensor(int input, Shape shape, bool isStrict) =>
            interpreter.ResizeInputTensor(input, shape.Dimensions, isStrict);

        public override void Invoke(CancellationToken cancellation) => interpreter.Invoke(cancellation);
    }

    private sealed class Named(SignatureRunner runner) : EntryPoint(runner.Inputs, runner.Outputs)
    {
        protected override void ResizeTensor(int input, Shape shape, bool isStrict) =>
            runner.ResizeInputTensor(runner.Inputs[input].Name, shape.Dimensions, isStrict);

        public override void Invoke(CancellationToken cancellation) => runner.Invoke(cancellation);
    }
}
