using System.Diagnostics;
using System.Globalization;
using Graft.Safetensors;

namespace Graft.Cli.Commands;

/// <summary>The second half of the demo: a changed sensor spoils the readings, an adapter beside the same model brings them back.</summary>
internal static class DemoAdapters
{
    /// <summary>Changed sensors, and the adapters that were trained for them.</summary>
    private static readonly (string Domain, string Adapter)[] s_cases =
    [
        ("rotated", "rotated-lora"), ("rotated", "rotated-dora"), ("inverted", "inverted-lora"), ("inverted", "inverted-ia3"),
        ("mirrored", "mirrored-lora"), ("noisy", "noisy-lora"), ("noisy", "noisy-ia3"),
    ];

    /// <summary>Accuracy with and without each adapter, of one model.</summary>
    public static DemoAdaptation[] Run(string folder, string modelName, SafetensorsFile data, byte[] labels, CancellationToken cancellation)
    {
        string map = Path.Combine(folder, Path.ChangeExtension(modelName, ".binding.json"));
        using var model = Model.Load(Path.Combine(folder, modelName));
        var adapters = s_cases.Select(c => model.LoadAdapter(Path.Combine(folder, "adapters", c.Adapter), new() { BindingMap = map })).ToArray();
        try
        {
            using var interpreter = new Interpreter(model);
            // The first switch of a process compiles the code for it.
            foreach (var adapter in adapters) interpreter.Adapter = adapter;
            return [.. s_cases.Select((c, i) =>
            {
                byte[] images = data[$"{c.Domain}/test/images"].Bytes.ToArray();
                interpreter.Adapter = null;
                double before = Accuracy(interpreter, images, labels, cancellation);
                long start = Stopwatch.GetTimestamp();
                interpreter.Adapter = adapters[i];
                double switching = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                return new DemoAdaptation(modelName, c.Domain, c.Adapter, adapters[i].ByteCount, before, Accuracy(interpreter, images, labels, cancellation), switching);
            })];
        }
        finally
        {
            foreach (var adapter in adapters) adapter.Dispose();
        }
    }

    public static void Print(Invocation invocation, IEnumerable<DemoAdaptation> results)
    {
        invocation.Output.WriteLine();
        invocation.Output.WriteLine("The same models behind a sensor that was turned, inverted, mirrored or damaged, without and with an adapter:");
        invocation.Table(["model", "sensor", "adapter", "bytes", "without", "with", "switch"], results.Select(r => new[]
        {
            r.Model, r.Domain, r.Adapter, r.ByteCount.ToString("N0", CultureInfo.InvariantCulture), r.Before.ToString("P1", CultureInfo.InvariantCulture),
            r.After.ToString("P1", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{r.SwitchMicroseconds:F1} µs"),
        }));
    }

    private static double Accuracy(Interpreter interpreter, byte[] images, byte[] labels, CancellationToken cancellation)
    {
        int pixels = images.Length / labels.Length, correct = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var input = interpreter.Inputs[0].Span<float>();
            for (int p = 0; p < pixels; p++) input[p] = images[(i * pixels) + p] / 255f;
            interpreter.Invoke(cancellation);
            var scores = interpreter.Outputs[0].Span<float>();
            int best = 0;
            for (int d = 1; d < scores.Length; d++) best = scores[d] > scores[best] ? d : best;
            correct += best == labels[i] ? 1 : 0;
        }
        return (double)correct / labels.Length;
    }
}

/// <summary>What one adapter does for one model behind one changed sensor.</summary>
internal sealed record DemoAdaptation(string Model, string Domain, string Adapter, long ByteCount, double Before, double After, double SwitchMicroseconds);
