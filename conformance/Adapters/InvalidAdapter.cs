using System.Runtime.InteropServices;
using System.Text.Json;
using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>
/// An adapter folder with <c>expected.json</c>: to be refused, accepted, or either. What is accepted must run; with the tensors and the scale
/// of the control, the unspoilt adapter, it must give the control's outputs. Afterwards the base gives its own bits again.
/// </summary>
internal sealed class InvalidAdapter(string folder)
{
    public const string FileName = "expected.json";

    private const string Control = "_valid_control";

    /// <returns>How it ended, when that is as expected.</returns>
    /// <exception cref="GoldenException">It ended otherwise.</exception>
    public string Run(KernelSet kernels, CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, FileName)));
        string Text(string key) => document.RootElement.GetProperty(key).GetString()!;
        string parent = Path.GetDirectoryName(folder)!, baseName = Text("base"), expected = Text("expect");
        var one = new AdapterCase(Path.Combine(parent, Control), Path.Combine(parent, "..", baseName), baseName);
        using var run = new BaseRun(one, one.ModelPath, kernels);
        var before = run.Outputs(null, cancellation);
        string ended;
        try
        {
            using var adapter = run.Load(folder);
            if (expected == "refuse") throw new GoldenException($"accepted, though {Text("why")}");
            var adapted = run.Outputs(adapter, cancellation);
            ended = IsControl(one.Folder) ? EqualsControl(one, adapted) : "accepted";
        }
        catch (AdapterException e)
        {
            if (expected == "accept") throw new GoldenException($"refused: {e.Message}");
            ended = $"refused: {e.Message}";
        }
        if (BaseRun.Differences(before, run.Outputs(null, cancellation)).Any()) throw new GoldenException("the base's bits are not what they were");
        return ended;
    }

    private static string EqualsControl(AdapterCase control, Dictionary<string, float[]> adapted)
    {
        var golden = SafetensorsFile.Open(control.GoldenPath);
        foreach (var (name, values) in adapted)
        {
            if (!golden.TryGet("adapted/" + name, out var expected)) continue;
            double error = RealTensor.Error(expected, values);
            if (!(error <= control.Tolerance(name))) throw new GoldenException($"{name}: {error:G3} off the control's");
        }
        return "accepted, with the control's outputs";
    }

    /// <summary>Whether its tensors hold the control's numbers, and its scale is the same.</summary>
    private bool IsControl(string control)
    {
        var (own, other) = (Numbers(folder), Numbers(control));
        return own.Count == other.Count && own.All(t => other.TryGetValue(t.Key, out var values) && values.AsSpan().SequenceEqual(t.Value)) && Scale(folder) == Scale(control);
    }

    private static Dictionary<string, double[]> Numbers(string folder)
    {
        var file = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        return file.Tensors.ToDictionary(t => t.Name, FloatNumbers, StringComparer.Ordinal);
    }

    private static double[] FloatNumbers(SafetensorsTensor tensor) => tensor.Type == SafetensorsDType.F64
        ? [.. MemoryMarshal.Cast<byte, double>(tensor.Bytes)]
        : [.. MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray().Select(v => (double)v)];

    private static double Scale(string folder)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
        return config.RootElement.GetProperty("lora_alpha").GetDouble() / config.RootElement.GetProperty("r").GetDouble();
    }
}
