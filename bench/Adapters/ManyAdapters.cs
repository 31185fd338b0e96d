using System.Diagnostics;
using System.Globalization;
using Graft.Bench.Compare;

namespace Graft.Bench.Adapters;

/// <summary>Requests of one row each, to one of many adapters: all resident, or a tenth of them.</summary>
internal static class ManyAdapters
{
    private const int Width = 512, Rank = 8, Few = 5, Many = 1000, Requests = 5000, Rounds = 7;

    private static readonly string[] s_names = [.. Enumerable.Range(0, Many).Select(i => $"adapter {i}")];

    public static void Run(TextWriter output)
    {
        using var layer = new LayerModel(1, Width, Width);
        using var store = new AdapterStore(layer.Model);
        for (int i = 0; i < Many; i++)
        {
            string folder = layer.WriteLora(Name(i), Rank, i);
            layer.WriteMap(folder);
            store.Add(Name(i), folder);
        }
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Many; i++) store.Get(Name(i)).Dispose();
        double load = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Many;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Many} adapters of rank {Rank} on {Width} x {Width}: {store.ByteCount / 1e6:F1} MB, {load:F3} ms to load each"));
        using var interpreter = new Interpreter(layer.Model);
        int[] few = Order(Few, isZipf: false), robin = Order(Many, isZipf: false), zipf = Order(Many, isZipf: true);
        var rates = new double[3][];
        for (int o = 0; o < rates.Length; o++) rates[o] = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            foreach (var (index, order) in new[] { few, robin, zipf }.Index())
            {
                double rate = Rate(store, interpreter, order);
                if (round >= 0) rates[index][round] = rate;
            }
        }
        double[] medians = [.. rates.Select(r => Statistics.Median(r))];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"requests a second: {medians[0]:F0} with {Few}; {Many} in turn {medians[1]:F0} ({medians[1] / medians[0]:P1}), Zipf {medians[2]:F0} ({medians[2] / medians[0]:P1})"));
        Capped(output, layer, store.ByteCount / 10, zipf, medians[2]);
    }

    private static void Capped(TextWriter output, LayerModel layer, long limit, int[] order, double resident)
    {
        using var store = new AdapterStore(layer.Model, limit);
        foreach (int i in Enumerable.Range(0, Many)) store.Add(Name(i), layer.FolderOf(Name(i)));
        using var interpreter = new Interpreter(layer.Model);
        Rate(store, interpreter, order);
        int misses = 0;
        foreach (int i in order)
        {
            if (store.TryGet(Name(i)) is { } lease) lease.Dispose();
            else misses++;
            store.Get(Name(i)).Dispose();
        }
        double rate = Rate(store, interpreter, order), share = (double)misses / order.Length;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a tenth resident, Zipf: {rate:F0} requests a second, {share:P1} misses, {(1 / rate - 1 / resident) / share * 1e6:F0} µs each"));
    }

    private static double Rate(AdapterStore store, Interpreter interpreter, int[] order)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (int i in order)
        {
            using var lease = store.Get(Name(i));
            interpreter.Adapter = lease.Adapter;
            interpreter.Invoke();
        }
        interpreter.Adapter = null;
        return order.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static int[] Order(int adapters, bool isZipf)
    {
        if (!isZipf) return [.. Enumerable.Range(0, Requests).Select(i => i % adapters)];
        double[] sums = new double[adapters];
        double sum = 0;
        for (int i = 0; i < adapters; i++) sums[i] = sum += 1.0 / (i + 1);
        var random = new Random(1);
        return [.. Enumerable.Range(0, Requests).Select(_ => Position(sums, random.NextDouble() * sum))];
    }

    /// <summary>The first sum that is not below a value.</summary>
    private static int Position(double[] sums, double value)
    {
        int found = Array.BinarySearch(sums, value);
        return Math.Min(found < 0 ? ~found : found, sums.Length - 1);
    }

    private static string Name(int i) => s_names[i];
}
