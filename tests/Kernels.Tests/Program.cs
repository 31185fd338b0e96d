using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>
/// What a child process of <see cref="IsaTests"/> runs: the instruction set it sees, then every function's distance and
/// bits.
/// </summary>
internal static class Program
{
    private static void Main()
    {
        Console.WriteLine($"{Isa.Current}|{Isa.HasFma}|{Isa.Name}");
        float[] sample = FloatSample.Make(200_003);
        foreach (MathCase row in MathCase.All)
        {
            float[] output = new float[sample.Length];
            row.Apply(sample, output);
            Console.WriteLine($"{row.Name}|{row.FirstFailure(sample, output) ?? "ok"}|{FloatSample.Hash(output):X16}");
        }
    }
}
