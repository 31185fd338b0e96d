using System.Runtime.InteropServices;
using Graft.Conformance.Cases;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>
/// Runs an adapter case: the base with the adapter beside it must give what PEFT gave, and without it, before and after, the base's own
/// bits. A case that would pass with the adapter ignored fails.
/// </summary>
internal sealed class AdapterRun(AdapterCase one, KernelSet kernels)
{
    private const string Adapted = "adapted/";

    private readonly SafetensorsFile _golden = SafetensorsFile.Open(one.GoldenPath);
    private readonly List<string> _problems = [];

    /// <summary>Largest error as a multiple of the tolerance, over all outputs.</summary>
    public double WorstRatio { get; private set; }

    public double WorstError { get; private set; }

    public int Comparisons { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    public void Run(CancellationToken cancellation)
    {
        using var model = Model.Load(one.ModelPath);
        var map = BindingFile.Read(one.BindingPath, one.ModelPath, model);
        using var adapter = model.LoadAdapter(one.Folder, map);
        using var interpreter = new Interpreter(model, new InterpreterOptions { Kernels = kernels });
        var runner = interpreter.GetSignatureRunner(model.SignatureKeys[0]);
        SetInputs(runner);
        var before = Outputs(runner, cancellation);
        interpreter.Adapter = adapter;
        var adapted = Outputs(runner, cancellation);
        interpreter.Adapter = null;
        var after = Outputs(runner, cancellation);
        foreach (var (name, bytes) in before)
        {
            if (!bytes.AsSpan().SequenceEqual(after[name])) _problems.Add($"{name}: detaching does not give the base's bits again");
        }
        Compare(before, adapted);
    }

    private void SetInputs(SignatureRunner runner)
    {
        var shared = SafetensorsFile.Open(one.InputsPath);
        foreach (var input in runner.Inputs)
        {
            string name = input.Name;
            var tensor = _golden.TryGet($"in/{name}", out var own) ? own : shared[$"s0/in/{name}"];
            if (tensor.ToShape() != input.Shape) runner.ResizeInputTensor(name, tensor.ToShape().Dimensions);
        }
        foreach (var input in runner.Inputs)
        {
            string name = input.Name;
            var tensor = _golden.TryGet($"in/{name}", out var own) ? own : shared[$"s0/in/{name}"];
            if (tensor.Bytes.Length != input.Bytes.Length) throw new ArgumentException($"input {input} does not take {tensor}");
            tensor.Bytes.CopyTo(input.Bytes);
        }
    }

    private static Dictionary<string, byte[]> Outputs(SignatureRunner runner, CancellationToken cancellation)
    {
        runner.Invoke(cancellation);
        return runner.Outputs.ToDictionary(t => t.Name, t => t.Bytes.ToArray(), StringComparer.Ordinal);
    }

    private void Compare(Dictionary<string, byte[]> plain, Dictionary<string, byte[]> adapted)
    {
        bool isActive = false;
        foreach (var tensor in _golden.Tensors)
        {
            if (!tensor.Name.StartsWith(Adapted, StringComparison.Ordinal)) continue;
            string name = tensor.Name[Adapted.Length..];
            if (!adapted.TryGetValue(name, out byte[]? bytes))
            {
                _problems.Add($"{tensor.Name}: the model has no output of that name");
                continue;
            }
            var expected = MemoryMarshal.Cast<byte, float>(tensor.Bytes);
            double tolerance = one.Tolerance(name);
            double error = Difference(MemoryMarshal.Cast<byte, float>(bytes), expected), ignored = Difference(MemoryMarshal.Cast<byte, float>(plain[name]), expected);
            isActive |= ignored > tolerance;
            Comparisons++;
            if (error / tolerance > WorstRatio) (WorstRatio, WorstError) = (error / tolerance, error);
            if (!(error <= tolerance)) _problems.Add($"{name}: {error:G3} off, allowed {tolerance:G3} (without the adapter: {ignored:G3})");
        }
        if (Comparisons == 0) _problems.Add("the golden has no outputs");
        else if (!isActive) _problems.Add("the case would pass with the adapter ignored");
    }

    /// <summary>The golden may hold the first rows of the batch only.</summary>
    private static double Difference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (expected.Length > actual.Length) return double.PositiveInfinity;
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            if (!(difference <= worst)) worst = difference;
        }
        return worst;
    }
}
