using System.Diagnostics;

namespace Graft.Cli.Commands;

/// <summary>The second half of the demo: a changed sensor spoils the readings, an adapter beside the same model brings them back.</summary>
internal sealed class DemoAdapters : IDisposable
{
    private const int SwitchPairs = 5000, RowsOfEach = 10;

    /// <summary>Changed sensors, and the adapters that were trained for them.</summary>
    private static readonly (string Sensor, string Adapter)[] s_cases =
    [
        ("rotated", "rotated-lora"), ("rotated", "rotated-dora"), ("inverted", "inverted-lora"), ("inverted", "inverted-ia3"),
        ("mirrored", "mirrored-lora"), ("noisy", "noisy-lora"), ("noisy", "noisy-ia3"),
    ];

    /// <summary>Which of them share a batch.</summary>
    private static readonly string[] s_mixed = ["rotated-lora", "inverted-lora", "noisy-lora"];

    private readonly Model _model;
    private readonly Adapter[] _adapters;
    private readonly string _name;

    public DemoAdapters(string folder, string modelName)
    {
        _name = modelName;
        _model = Model.Load(Path.Combine(folder, modelName));
        string map = Path.Combine(folder, Path.ChangeExtension(modelName, ".binding.json"));
        _adapters = [.. s_cases.Select(c => _model.LoadAdapter(Path.Combine(folder, "adapters", c.Adapter), new() { BindingMap = map }))];
    }

    /// <summary>Each adapter behind its sensor.</summary>
    /// <param name="ranges">The integer model, to see what it would clip; null on that model itself.</param>
    public DemoAdaptation[] Single(DemoImages images, DemoRanges? ranges, CancellationToken cancellation)
    {
        using var interpreter = new Interpreter(_model);
        return [.. s_cases.Select((c, i) =>
        {
            interpreter.Adapter = null;
            double before = images.Read(interpreter, c.Sensor, cancellation).Accuracy;
            double switching = SwitchTime(interpreter, _adapters[i]);
            double after = images.Read(interpreter, c.Sensor, cancellation).Accuracy;
            return new DemoAdaptation(_name, c.Sensor, c.Adapter, _adapters[i].ByteCount, before, after, switching, ranges?.Clipped(_model, _adapters[i], images, c.Sensor, cancellation));
        })];
    }

    /// <summary>One batch with images of three sensors, each row with the adapter of its own.</summary>
    public DemoMixture[] Mixed(DemoImages images, CancellationToken cancellation)
    {
        int[] cases = [.. s_mixed.Select(m => Array.FindIndex(s_cases, c => c.Adapter == m))];
        byte[][] pixels = [.. cases.Select(c => images.Of(s_cases[c].Sensor))];
        int rows = cases.Length * RowsOfEach;
        using var interpreter = new Interpreter(_model);
        interpreter.ResizeInputTensor(0, [rows, .. interpreter.Inputs[0].Shape.Dimensions[1..]]);
        interpreter.Adapter = new RowAdapters([.. Enumerable.Range(0, rows).Select(r => _adapters[cases[r % cases.Length]])]);
        int[] correct = new int[cases.Length];
        for (int first = 0; first < images.Labels.Length; first += RowsOfEach)
        {
            var input = interpreter.Inputs[0].Span<float>();
            for (int r = 0; r < rows; r++)
                DemoImages.Fill(input[(r * DemoImages.Pixels)..], pixels[r % cases.Length].AsSpan((first + (r / cases.Length)) * DemoImages.Pixels, DemoImages.Pixels));
            interpreter.Invoke(cancellation);
            var scores = interpreter.Outputs[0].Span<float>();
            for (int r = 0; r < rows; r++)
                correct[r % cases.Length] += DemoImages.Best(scores.Slice(r * DemoImages.Digits, DemoImages.Digits)) == images.Labels[first + (r / cases.Length)] ? 1 : 0;
        }
        return [.. cases.Select((c, i) => new DemoMixture(_name, s_cases[c].Sensor, s_cases[c].Adapter, (double)correct[i] / images.Labels.Length))];
    }

    /// <summary>The first adapter in the weights of a model of its own, beside the base alone and the base with the adapter.</summary>
    public DemoMerge Merged(DemoImages images, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using var merged = _model.Merge(_adapters[0]);
        double merging = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        using var whole = new Interpreter(merged);
        using var parts = new Interpreter(_model);
        string sensor = s_cases[0].Sensor;
        images.Read(whole, sensor, cancellation);
        double plain = images.Read(parts, sensor, cancellation).Microseconds;
        parts.Adapter = _adapters[0];
        images.Read(parts, sensor, cancellation);
        var (_, beside) = images.Read(parts, sensor, cancellation);
        var (accuracy, inside) = images.Read(whole, sensor, cancellation);
        return new(_name, sensor, s_cases[0].Adapter, accuracy, merging, plain, beside, inside);
    }

    public void Dispose()
    {
        foreach (var adapter in _adapters) adapter.Dispose();
        _model.Dispose();
    }

    /// <summary>Nanoseconds of a switch: the mean of many, as one is shorter than the clock can tell. Leaves the interpreter with the adapter.</summary>
    private static double SwitchTime(Interpreter interpreter, Adapter adapter)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < SwitchPairs; i++)
        {
            interpreter.Adapter = null;
            interpreter.Adapter = adapter;
        }
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (2 * SwitchPairs);
    }
}

/// <summary>What one adapter does for one model behind one changed sensor.</summary>
/// <param name="Clipped">The largest share of what a convolution yields that an integer model would clip; null where that was not asked.</param>
internal sealed record DemoAdaptation(string Model, string Sensor, string Adapter, long ByteCount, double Before, double After, double SwitchNanoseconds, double? Clipped);

/// <summary>How well the rows of one sensor are read in a batch of several.</summary>
internal sealed record DemoMixture(string Model, string Sensor, string Adapter, double Accuracy);

/// <summary>A merged model: its accuracy, how long merging took, and times of an image.</summary>
internal sealed record DemoMerge(string Model, string Sensor, string Adapter, double Accuracy, double MergeMilliseconds, double BaseMicroseconds, double AdaptedMicroseconds, double MergedMicroseconds);
