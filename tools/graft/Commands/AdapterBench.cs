using System.Diagnostics;
using System.Globalization;

namespace Graft.Cli.Commands;

/// <summary>What an adapter costs: attaching it, switching to it, running with it, and merging it.</summary>
internal sealed class AdapterBench
{
    private const int SwitchRuns = 10_000, AttachRuns = 10, WarmUpRuns = 50;
    private static readonly TimeSpan s_warmUpTime = TimeSpan.FromMilliseconds(500);

    private readonly List<(string Key, string Label, double Value, string Unit)> _rows = [];

    public static int Run(Invocation invocation, string modelPath, string adapterPath, AdapterOptions options, int threads, int runs)
    {
        var bench = new AdapterBench();
        bench.Measure(modelPath, adapterPath, options, new() { Threads = threads }, runs, invocation.Cancellation);
        if (invocation.IsJson)
        {
            invocation.Json(json =>
            {
                foreach (var (key, _, value, _) in bench._rows) json.WriteNumber(key, value);
            });
            return ExitCode.Success;
        }
        invocation.Table(["what", "value", "unit"], bench._rows.Select(r => new[] { r.Label, r.Value.ToString("G4", CultureInfo.InvariantCulture), r.Unit }));
        return ExitCode.Success;
    }

    private void Measure(string modelPath, string adapterPath, AdapterOptions options, InterpreterOptions run, int runs, CancellationToken cancellation)
    {
        using var model = Model.Load(modelPath);
        using var adapter = model.LoadAdapter(adapterPath, options);
        Add("adapter_bytes", "packed adapter", adapter.ByteCount, "bytes");
        Attach(model, adapterPath, options, cancellation);
        using var interpreter = new Interpreter(model, run);
        var entry = new EntryPoint(interpreter, null);
        SeededInputs.Fill(entry, seed: 0);
        Switch(interpreter, entry, adapter, cancellation);
        Adapted(interpreter, entry, adapter, runs, cancellation);
        Merged(model, adapter, run, runs, cancellation);
    }

    private void Attach(Model model, string path, AdapterOptions options, CancellationToken cancellation)
    {
        double[] times = Times(AttachRuns, cancellation, () => model.LoadAdapter(path, options).Dispose());
        Add("attach_ms", "attach: read, check, bind, pack", Median(times), "ms");
    }

    private void Switch(Interpreter interpreter, EntryPoint entry, Adapter adapter, CancellationToken cancellation)
    {
        interpreter.Adapter = adapter;
        entry.Invoke(cancellation);
        interpreter.Adapter = null;
        entry.Invoke(cancellation);
        double[] times = new double[SwitchRuns];
        for (int i = -WarmUpRuns; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            interpreter.Adapter = (i & 1) == 0 ? adapter : null;
            if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        interpreter.Adapter = adapter;
        interpreter.Adapter = null;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.Sort(times);
        Add("switch_p50_us", "switch, p50", times[times.Length / 2], "us");
        Add("switch_p99_us", "switch, p99", times[times.Length * 99 / 100], "us");
        Add("switch_allocated_bytes", "allocated by two switches", allocated, "bytes");
    }

    /// <summary>Runs with and without, in turn, so that what else the machine does meets both alike.</summary>
    private void Adapted(Interpreter interpreter, EntryPoint entry, Adapter adapter, int runs, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_warmUpTime) Pair();
        var pairs = new (double Plain, double Adapted)[runs];
        for (int i = 0; i < runs; i++) pairs[i] = Pair();
        double plain = Median([.. pairs.Select(p => p.Plain)]), adapted = Median([.. pairs.Select(p => p.Adapted)]);
        Add("base_ms", "run without", plain, "ms");
        Add("adapted_ms", "run with", adapted, "ms");
        Add("adapted_ratio", "with / without", adapted / plain, "");

        (double, double) Pair()
        {
            interpreter.Adapter = null;
            double without = Time(() => entry.Invoke(cancellation));
            interpreter.Adapter = adapter;
            return (without, Time(() => entry.Invoke(cancellation)));
        }
    }

    private void Merged(Model model, Adapter adapter, InterpreterOptions run, int runs, CancellationToken cancellation)
    {
        Model merged;
        long start = Stopwatch.GetTimestamp();
        try
        {
            merged = model.Merge(adapter);
        }
        // Nothing to measure where merging is refused; the table then has no such rows.
        catch (AdapterException)
        {
            return;
        }
        using (merged)
        {
            Add("merge_ms", "merge", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");
            Add("merge_error", "largest part of a change lost by merging", merged.MergedTensors.Select(t => t.Error).DefaultIfEmpty().Max(), "");
            using var interpreter = new Interpreter(merged, run);
            var entry = new EntryPoint(interpreter, null);
            SeededInputs.Fill(entry, seed: 0);
            for (int i = 0; i < WarmUpRuns; i++) entry.Invoke(cancellation);
            Add("merged_ms", "run merged", Median(Times(runs, cancellation, () => entry.Invoke(cancellation))), "ms");
        }
    }

    private void Add(string key, string label, double value, string unit) => _rows.Add((key, label, value, unit));

    private static double[] Times(int runs, CancellationToken cancellation, Action action)
    {
        var times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            times[i] = Time(action);
        }
        return times;
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
