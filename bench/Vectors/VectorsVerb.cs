using System.Globalization;
using System.Text;
using Graft.Bench.Compare;

namespace Graft.Bench.Vectors;

/// <summary>
/// <c>vectors</c>: operators on vectors of floats, one thread, against <c>System.Numerics.Tensors.TensorPrimitives</c> and a copy of as many
/// bytes in the same run. Graft's time is that of a whole Invoke.
/// </summary>
internal static class VectorsVerb
{
    private const string Section = "vectors";

    /// <summary>Elements: in the first cache, in the second, beyond all.</summary>
    private static readonly int[] s_lengths = [1_000, 30_000, 4_000_000];

    public static int Run(string[] args, TextWriter output)
    {
        if (args is not ([] or ["--filter", _] or ["--markdown", _]))
        {
            output.WriteLine("usage: vectors [--filter TEXT | --markdown FILE]");
            return 2;
        }
        string? filter = args is ["--filter", var text] ? text : null, markdown = args is ["--markdown", var file] ? file : null;
        var table = new StringBuilder("| Operator | Elements | Graft, µs | TensorPrimitives, µs | Ratio | GB/s | Share of a copy |\n|---|---|---|---|---|---|---|\n");
        foreach (int length in s_lengths)
        {
            foreach (var vector in VectorCase.All.Where(c => filter is null || c.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            {
                string row = Row(vector, length);
                output.WriteLine(row);
                table.AppendLine(row);
            }
        }
        if (markdown is not null) Report.Insert(markdown, Section, table.ToString());
        return 0;
    }

    private static string Row(VectorCase vector, int length)
    {
        using var model = Model.Load(vector.Model(length));
        using var interpreter = new Interpreter(model);
        float[] x = Values(length, 1), y = Values(length, 2), result = new float[vector.IsReduction ? 1 : length];
        x.CopyTo(interpreter.Inputs[0].Span<float>());
        if (vector.Inputs == 2) y.CopyTo(interpreter.Inputs[1].Span<float>());
        // A copy of half the bytes reads half and writes half.
        byte[] from = new byte[vector.Bytes(length) / 2], to = new byte[from.Length];
        double[] times = Race.Run(() => interpreter.Invoke(), () => vector.Primitive(x, y, result), () => Buffer.BlockCopy(from, 0, to, 0, from.Length));
        double rate = vector.Bytes(length) / times[0];
        return string.Create(CultureInfo.InvariantCulture,
            $"| {vector.Name} | {length} | {times[0] / 1000:F2} | {times[1] / 1000:F2} | {times[1] / times[0]:F2} | {rate:F1} | {times[2] / times[0]:P0} |");
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 0.1f + 1.8f * random.NextSingle())];
    }
}
