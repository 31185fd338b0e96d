using System.Diagnostics;
using System.Globalization;
using Graft.Bench.Compare;
using Graft.Tests;

namespace Graft.Bench.Adapters;

/// <summary>
/// <c>adapters</c>: what adapters cost. One layer with an adapter of each size against the same layer without; a thousand resident adapters
/// against five; a store that holds a tenth of them; attaching a large file.
/// </summary>
internal static class AdaptersVerb
{
    private const int Pairs = 151;

    private const double BlockSeconds = 2e-4;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(250);

    private static readonly int[] s_widths = [160, 512, 2048], s_ranks = [4, 16], s_rows = [1, 64];

    public static int Run(ReadOnlySpan<string> parts, TextWriter output)
    {
        string[] all = ["layers", "many", "attach"];
        if (parts.Length == 0) parts = all;
        foreach (string part in parts)
        {
            switch (part)
            {
                case "layers": Layers(output); break;
                case "many": ManyAdapters.Run(output); break;
                case "attach": Attach(output); break;
                default: throw new ArgumentException($"{part}: layers, many or attach is expected");
            }
        }
        return 0;
    }

    /// <summary>The median of a call in microseconds, of several calls at a time where one is too short for the clock.</summary>
    public static (double First, double Second) Interleaved(Action first, Action second)
    {
        int block = Math.Max(Block(first), Block(second));
        var times = new (double First, double Second)[Pairs];
        for (int i = 0; i < Pairs; i++) times[i] = (Time(first, block), Time(second, block));
        return (Statistics.Median(times.Select(t => t.First)), Statistics.Median(times.Select(t => t.Second)));
    }

    private static int Block(Action call)
    {
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        for (; Stopwatch.GetElapsedTime(start) < s_warmUp; calls++) call();
        return Math.Max(1, (int)(calls * BlockSeconds / s_warmUp.TotalSeconds));
    }

    private static double Time(Action call, int block)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < block; i++) call();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / block;
    }

    /// <summary>The allowance is 1.3 times the ratio of products, which is that of bytes too on a float base, and 2 µs.</summary>
    private static void Layers(TextWriter output)
    {
        output.WriteLine("| threads | rows | in | out | rank | without µs | with µs | more µs | allowed µs |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (int threads in (int[])[1, 2])
        {
            foreach (int rows in s_rows)
            {
                foreach (int inputs in s_widths)
                {
                    foreach (int outputs in s_widths)
                    {
                        using var layer = new LayerModel(rows, inputs, outputs);
                        foreach (int rank in s_ranks) Layer(output, layer, threads, rank);
                    }
                }
            }
        }
    }

    private static void Layer(TextWriter output, LayerModel layer, int threads, int rank)
    {
        using var adapter = layer.Lora($"r{rank}", rank, seed: rank);
        using var plain = new Interpreter(layer.Model, new() { Threads = threads });
        using var adapted = new Interpreter(layer.Model, new() { Threads = threads }) { Adapter = adapter };
        var (without, with) = Interleaved(() => plain.Invoke(), () => adapted.Invoke());
        double allowed = 1.3 * without * rank * (layer.Inputs + layer.Outputs) / ((double)layer.Inputs * layer.Outputs) + 2;
        string mark = with - without > allowed ? " exceeded" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {threads} | {layer.Rows} | {layer.Inputs} | {layer.Outputs} | {rank} | {without:F2} | {with:F2} | {with - without:F2} | {allowed:F2}{mark} |"));
    }

    private static void Attach(TextWriter output)
    {
        using var layer = new LayerModel(1, 4096, 4096);
        string path = layer.WriteLora("large", 512, seed: 1);
        long bytes = new FileInfo(Path.Combine(path, "adapter_model.safetensors")).Length;
        var times = new double[21];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            layer.Load(path).Dispose();
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"attach {bytes / 1e6:F1} MB: {Statistics.Median(times) * 1e3:F2} ms, {bytes / Statistics.Median(times) / 1e9:F2} GB/s"));
    }
}
