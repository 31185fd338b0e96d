using System.Runtime.InteropServices;
using Graft.Adapters.Binding;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>
/// Runs an adapter case on one of its base's models: the model with the adapter beside it must give what is expected, and without it,
/// before and after, the same bits. A case that would pass with the adapter ignored fails.
/// </summary>
internal sealed class AdapterRun(AdapterCase one, AdapterTarget target, KernelSet kernels)
{
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(one.GoldenPath);
    private readonly SafetensorsFile _shared = SafetensorsFile.Open(one.InputsPath);
    private readonly List<string> _problems = [];

    /// <summary>Largest error as a multiple of the tolerance, over all outputs.</summary>
    public double WorstRatio { get; private set; }

    public double WorstError { get; private set; }

    public int Comparisons { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    public void Run(CancellationToken cancellation)
    {
        using var model = Model.Load(target.ModelPath);
        var map = BindingFile.Read(one.BindingPath, target.ModelPath, model);
        using var adapter = model.LoadAdapter(one.Folder, map);
        using var interpreter = new Interpreter(model, new InterpreterOptions { Kernels = kernels });
        var runner = Runner(interpreter, model);
        SetInputs(runner);
        var before = Outputs(runner, cancellation);
        interpreter.Adapter = adapter;
        var adapted = Outputs(runner, cancellation);
        interpreter.Adapter = null;
        var after = Outputs(runner, cancellation);
        foreach (var (name, values) in before)
        {
            if (!MemoryMarshal.AsBytes(values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(after[name].AsSpan()))) _problems.Add($"{name}: detaching does not give the base's bits again");
        }
        Compare(before, adapted);
    }

    /// <summary>The signature whose inputs have the shapes of the golden, or else the first.</summary>
    private SignatureRunner Runner(Interpreter interpreter, Model model)
    {
        var runners = model.SignatureKeys.Select(interpreter.GetSignatureRunner).ToArray();
        return Array.Find(runners, r => r.Inputs.All(i => Of(i).ToShape() == i.Shape)) ?? runners[0];
    }

    private SafetensorsTensor Of(Tensor input) => _golden.TryGet($"in/{input.Name}", out var own) ? own : _shared[$"s0/in/{input.Name}"];

    private void SetInputs(SignatureRunner runner)
    {
        foreach (var input in runner.Inputs)
        {
            if (Of(input).ToShape() != input.Shape) runner.ResizeInputTensor(input.Name, Of(input).ToShape().Dimensions);
        }
        foreach (var input in runner.Inputs) RealTensor.Write(Of(input), input);
    }

    private static Dictionary<string, float[]> Outputs(SignatureRunner runner, CancellationToken cancellation)
    {
        runner.Invoke(cancellation);
        return runner.Outputs.ToDictionary(t => t.Name, RealTensor.Read, StringComparer.Ordinal);
    }

    private void Compare(Dictionary<string, float[]> plain, Dictionary<string, float[]> adapted)
    {
        bool isActive = false;
        foreach (var (name, values) in adapted)
        {
            if (target.Expectation(name) is not { } expected) continue;
            var (error, ignored) = (expected.Error(plain[name], values), expected.Error(plain[name], plain[name]));
            isActive |= ignored > expected.Tolerance || (ignored == 0 && !values.AsSpan().SequenceEqual(plain[name]));
            Comparisons++;
            if (error / expected.Tolerance > WorstRatio) (WorstRatio, WorstError) = (error / expected.Tolerance, error);
            if (!(error <= expected.Tolerance)) _problems.Add($"{name}: {error:G3} off, allowed {expected.Tolerance:G3} (without the adapter: {ignored:G3})");
        }
        if (Comparisons == 0) _problems.Add("nothing is expected of any output of the model");
        else if (!isActive) _problems.Add("the case would pass with the adapter ignored");
    }
}
