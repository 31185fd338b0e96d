using System.Runtime.InteropServices;
using Graft.Adapters.Binding;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>One of a base's models on an interpreter, with the inputs of the base or of the case.</summary>
internal sealed class BaseRun : IDisposable
{
    private readonly SafetensorsFile? _golden;
    private readonly SafetensorsFile _shared;
    private readonly string _weights;
    private readonly KernelSet _kernels;
    private readonly Interpreter _interpreter;
    private readonly SignatureRunner _runner;

    public BaseRun(AdapterCase one, string modelPath, KernelSet kernels)
    {
        _kernels = kernels;
        _weights = one.WeightsPath;
        _golden = File.Exists(one.GoldenPath) ? SafetensorsFile.Open(one.GoldenPath) : null;
        _shared = SafetensorsFile.Open(one.InputsPath);
        Model = Model.Load(modelPath);
        try
        {
            Map = BindingFile.Read(one.BindingPath, modelPath, Model);
            (_interpreter, _runner) = Prepare(Model);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Model Model { get; }

    public BindingMap Map { get; } = null!;

    /// <summary>Loads an adapter with the map that the base comes with.</summary>
    public Adapter Load(string folder) => Model.LoadAdapter(folder, Map, new() { BaseWeights = File.Exists(_weights) ? _weights : null });

    /// <summary>All outputs as real numbers.</summary>
    public Dictionary<string, float[]> Outputs(AdapterSelection? adapter, CancellationToken cancellation)
    {
        _interpreter.Adapter = adapter;
        return Outputs(_runner, cancellation);
    }

    /// <summary>The same of the model with an adapter in its weights.</summary>
    public Dictionary<string, float[]> MergedOutputs(Adapter adapter, CancellationToken cancellation)
    {
        using var merged = Model.Merge(adapter);
        var (interpreter, runner) = Prepare(merged);
        using (interpreter) return Outputs(runner, cancellation);
    }

    /// <summary>Outputs that have not the same bits.</summary>
    public static IEnumerable<string> Differences(Dictionary<string, float[]> one, Dictionary<string, float[]> other) =>
        one.Keys.Where(name => !MemoryMarshal.AsBytes(one[name].AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other[name].AsSpan())));

    public void Dispose()
    {
        _interpreter?.Dispose();
        Model.Dispose();
    }

    private SafetensorsTensor Of(Tensor input) => _golden is not null && _golden.TryGet($"in/{input.Name}", out var own) ? own : _shared[$"s0/in/{input.Name}"];

    private (Interpreter Interpreter, SignatureRunner Runner) Prepare(Model model)
    {
        var interpreter = new Interpreter(model, new InterpreterOptions { Kernels = _kernels });
        // The signature whose inputs have the shapes of the golden, or else the first.
        var runners = model.SignatureKeys.Select(interpreter.GetSignatureRunner).ToArray();
        var runner = Array.Find(runners, r => r.Inputs.All(i => Of(i).ToShape() == i.Shape)) ?? runners[0];
        foreach (var input in runner.Inputs)
        {
            if (Of(input).ToShape() != input.Shape) runner.ResizeInputTensor(input.Name, Of(input).ToShape().Dimensions);
        }
        foreach (var input in runner.Inputs) RealTensor.Write(Of(input), input);
        return (interpreter, runner);
    }

    private static Dictionary<string, float[]> Outputs(SignatureRunner runner, CancellationToken cancellation)
    {
        runner.Invoke(cancellation);
        return runner.Outputs.ToDictionary(t => t.Name, RealTensor.Read, StringComparer.Ordinal);
    }
}
