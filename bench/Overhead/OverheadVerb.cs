using Graft.Bench.Compare;
using Graft.Schema;
using Graft.Tests;

namespace Graft.Bench.Overhead;

/// <summary>
/// <c>overhead</c>: what Invoke costs beyond its arithmetic. A fit over chains of additions gives nanoseconds of a run and of a node; small
/// layers are set against a bare loop over the same data.
/// </summary>
internal static class OverheadVerb
{
    private const int Width = 8;

    public static int Run(TextWriter output)
    {
        int[] lengths = [.. Enumerable.Range(0, 9).Select(i => 1 << i)];
        double[] times = [.. lengths.Select(Chain)];
        for (int i = 0; i < lengths.Length; i++) output.WriteLine($"{lengths[i],4} ADD of {Width} floats: {times[i],9:F1} ns");
        var (intercept, slope) = Fit(lengths, times);
        output.WriteLine($"Invoke: {intercept:F1} ns and {slope:F2} ns for each node");
        foreach (var (inputs, outputs) in new[] { (784, 10), (128, 10) })
        {
            var (layer, loop) = Layer(inputs, outputs);
            output.WriteLine($"FULLY_CONNECTED {inputs}->{outputs}: {layer:F1} ns, a bare loop {loop:F1} ns, ratio {layer / loop:F2}");
        }
        return 0;
    }

    private static double Chain(int length)
    {
        var builder = new ModelBuilder("chain");
        int value = builder.Input("x", DType.Float32, Width);
        int one = builder.Constant("one", [.. Enumerable.Repeat(1f, Width)], Width);
        for (int i = 0; i < length; i++)
        {
            int sum = builder.Tensor($"sum {i}", DType.Float32, Width);
            builder.Operator(BuiltinOperator.Add, [value, one], [sum], new AddOptionsRecord());
            value = sum;
        }
        using var model = builder.Output(value).Load();
        using var interpreter = new Interpreter(model);
        return Race.Run(() => interpreter.Invoke())[0];
    }

    private static (double Layer, double Loop) Layer(int inputs, int outputs)
    {
        var random = new Random(1);
        float[] weights = Floats(random, inputs * outputs), bias = Floats(random, outputs), x = Floats(random, inputs);
        var builder = new ModelBuilder("layer");
        int output = builder.FullyConnected(builder.Input("x", DType.Float32, 1, inputs), builder.Constant("w", weights, outputs, inputs), builder.Constant("b", bias, outputs), "y", 1, outputs);
        using var model = builder.Output(output).Load();
        using var interpreter = new Interpreter(model);
        x.CopyTo(interpreter.Inputs[0].Span<float>());
        float[] y = new float[outputs];
        double[] times = Race.Run(() => interpreter.Invoke(), () => BareLoop.Run(x, weights, bias, y));
        return (times[0], times[1]);
    }

    /// <summary>The line through the points that has the least sum of squared relative errors.</summary>
    private static (double Intercept, double Slope) Fit(int[] x, double[] y)
    {
        double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double w = 1 / (y[i] * y[i]);
            (sw, sx, sy, sxx, sxy) = (sw + w, sx + w * x[i], sy + w * y[i], sxx + w * x[i] * x[i], sxy + w * x[i] * y[i]);
        }
        double slope = (sw * sxy - sx * sy) / (sw * sxx - sx * sx);
        return ((sy - slope * sx) / sw, slope);
    }

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
