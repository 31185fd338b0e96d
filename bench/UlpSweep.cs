using System.Diagnostics;
using System.Globalization;
using Graft.Kernels.Simd;
using Graft.Kernels.Tests;

namespace Graft.Bench;

/// <summary>
/// Every float there is through the real functions, against double arithmetic: the greatest distance, where it is, and whether the
/// function's own bound holds.
/// </summary>
internal static class UlpSweep
{
    private const int ChunkBits = 18;
    private const long ChunkCount = 1L << (32 - ChunkBits);

    /// <param name="names">Functions by name; all when there are none.</param>
    /// <returns>0 when every bound holds.</returns>
    public static int Run(ReadOnlySpan<string> names)
    {
        var rows = new List<MathCase>();
        foreach (string name in names) rows.Add(MathCase.Named(name));
        if (rows.Count == 0) rows.AddRange(MathCase.All);
        Console.WriteLine($"{Isa.Name}, {Environment.ProcessorCount} threads, 2^32 floats for each function");
        Console.WriteLine("| Function | Bound | Worst | At | Result | Exact | Not nearest | Seconds |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        int failed = 0;
        foreach (var row in rows)
        {
            var clock = Stopwatch.StartNew();
            var worst = Sweep(row);
            if (worst.Distance > row.UlpMax) failed++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                | {row.Name} | {row.UlpMax} | {worst.Distance:F4}{(worst.Distance > row.UlpMax ? " EXCEEDS" : "")} | {worst.Input:R} (0x{BitConverter.SingleToUInt32Bits(worst.Input):X8}) | {worst.Result:R} | {row.Exact(worst.Input):R} | {worst.Rounded / 42949672.96:F3} % | {clock.Elapsed.TotalSeconds:F0} |
                """));
        }
        return failed == 0 ? 0 : 1;
    }

    /// <param name="Distance">Units in the last place.</param>
    /// <param name="Input">Where that is.</param>
    /// <param name="Result">What the function gave there.</param>
    /// <param name="Rounded">How many results are not the float nearest to the exact value.</param>
    private readonly record struct Worst(double Distance, float Input, float Result, long Rounded)
    {
        public Worst With(Worst other) => (other.Distance > Distance ? other : this) with { Rounded = Rounded + other.Rounded };
    }

    private static Worst Sweep(MathCase row)
    {
        var total = new Worst(-1, 0, 0, 0);
        Lock gate = new();
        // Unbounded, the loop takes ever more threads of the pool when other programs are busy too.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, ChunkCount, options, () => new Worst(-1, 0, 0, 0), (chunk, _, worst) => worst.With(Chunk(row, chunk)), worst =>
        {
            lock (gate) total = total.With(worst);
        });
        return total;
    }

    private static Worst Chunk(MathCase row, long chunk)
    {
        const int length = 1 << ChunkBits;
        float[] input = Scratch.Input ??= new float[length], output = Scratch.Output ??= new float[length];
        for (int i = 0; i < length; i++) input[i] = BitConverter.UInt32BitsToSingle((uint)((chunk << ChunkBits) + i));
        row.Apply(input, output);
        var worst = new Worst(-1, 0, 0, 0);
        for (int i = 0; i < length; i++)
        {
            double distance = row.Distance(input[i], output[i]);
            long rounded = worst.Rounded + (distance > 0.5 ? 1 : 0);
            worst = distance > worst.Distance ? new(distance, input[i], output[i], rounded) : worst with { Rounded = rounded };
        }
        return worst;
    }

    private static class Scratch
    {
        [ThreadStatic]
        public static float[]? Input;

        [ThreadStatic]
        public static float[]? Output;
    }
}
