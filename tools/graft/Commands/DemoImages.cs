using System.Diagnostics;
using Graft.Safetensors;

namespace Graft.Cli.Commands;

/// <summary>The test images as each sensor sees them, and how well a model reads them.</summary>
internal sealed class DemoImages(SafetensorsFile data)
{
    public const int Pixels = 8 * 8, Digits = 10;

    public byte[] Labels { get; } = data["test/labels"].Bytes.ToArray();

    public byte[] Of(string sensor) => data[$"{sensor}/test/images"].Bytes.ToArray();

    /// <summary>The share that is read correctly, and the median time of an image.</summary>
    public (double Accuracy, double Microseconds) Read(Interpreter interpreter, string sensor, CancellationToken cancellation, Action? after = null)
    {
        byte[] images = Of(sensor);
        double[] times = new double[Labels.Length];
        int correct = 0;
        for (int i = 0; i < Labels.Length; i++)
        {
            Fill(interpreter.Inputs[0].Span<float>(), images.AsSpan(i * Pixels, Pixels));
            long start = Stopwatch.GetTimestamp();
            interpreter.Invoke(cancellation);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            correct += Best(interpreter.Outputs[0].Span<float>()) == Labels[i] ? 1 : 0;
            after?.Invoke();
        }
        Array.Sort(times);
        return ((double)correct / Labels.Length, times[times.Length / 2]);
    }

    public static void Fill(Span<float> input, ReadOnlySpan<byte> pixels)
    {
        for (int p = 0; p < pixels.Length; p++) input[p] = pixels[p] / 255f;
    }

    public static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int d = 1; d < scores.Length; d++) best = scores[d] > scores[best] ? d : best;
        return best;
    }
}
