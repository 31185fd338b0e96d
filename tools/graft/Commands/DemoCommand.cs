using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Graft.Safetensors;
using Spectre.Console;

namespace Graft.Cli.Commands;

/// <summary><c>graft demo</c>: reads handwritten digits with the models in samples/digits.</summary>
internal static class DemoCommand
{
    private const int Side = 8, Pixels = Side * Side, Shown = 6;

    // From empty to full, two characters to a pixel, which makes it about square.
    private static readonly string[] s_shades = ["  ", "░░", "▒▒", "▓▓", "██"];

    private static readonly string[] s_models = ["digits_int8.tflite", "digits_f32.tflite"];

    public static Command Create() =>
        Verb.Create("demo", "Reads handwritten digits with two small trained models.", [], Run);

    private static int Run(Invocation invocation)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "samples", "digits");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"the sample is not beside the program: {folder}");
        var data = SafetensorsFile.Open(Path.Combine(folder, "digits_data.safetensors"));
        byte[] images = data["clean/test/images"].Bytes.ToArray(), labels = data["test/labels"].Bytes.ToArray();
        Reading[] readings = [.. s_models.Select(name =>
            Read(Path.Combine(folder, name), images, labels, invocation.Cancellation))];
        var story = DemoStory.Find(folder, s_models[1], s_models[0], new DemoImages(data), invocation.Cancellation);
        if (invocation.IsJson)
        {
            WriteJson(invocation, readings, story, labels.Length);
            return ExitCode.Success;
        }
        Print(invocation, readings, images, labels);
        story.Print(invocation);
        return ExitCode.Success;
    }

    private static Reading Read(string path, byte[] images, byte[] labels, CancellationToken cancellation)
    {
        using var model = Model.Load(path);
        using var interpreter = new Interpreter(model);
        var answers = new (int Digit, double Certainty)[labels.Length];
        double[] microseconds = new double[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var input = interpreter.Inputs[0].Span<float>();
            DemoImages.Fill(input, images.AsSpan(i * Pixels, Pixels));
            long start = Stopwatch.GetTimestamp();
            interpreter.Invoke(cancellation);
            microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            answers[i] = Best(interpreter.Outputs[0].Span<float>());
        }
        Array.Sort(microseconds);
        return new(Path.GetFileName(path), model.ByteCount, answers,
            answers.Zip(labels).Count(p => p.First.Digit == p.Second), microseconds[microseconds.Length / 2]);
    }

    /// <summary>The digit with the highest score, and its share after softmax.</summary>
    private static (int Digit, double Certainty) Best(ReadOnlySpan<float> scores)
    {
        int best = DemoImages.Best(scores);
        double sum = 0;
        foreach (float score in scores) sum += Math.Exp(score - scores[best]);
        return (best, 1 / sum);
    }

    private static void Print(Invocation invocation, Reading[] readings, byte[] images, byte[] labels)
    {
        var terminal = invocation.Terminal();
        var answers = readings[0].Answers;
        int[] right = [.. Enumerable.Range(0, labels.Length).Where(i => answers[i].Digit == labels[i])
            .DistinctBy(i => labels[i]).Take(Shown)];
        int[] wrong = [.. Enumerable.Range(0, labels.Length).Where(i => answers[i].Digit != labels[i]).Take(Shown)];
        PrintImages(terminal, "read correctly", "green", right, readings[0], images, labels);
        PrintImages(terminal, "misread", "red", wrong, readings[0], images, labels);
        invocation.Table(["model", "bytes", "read correctly", "accuracy", "median time of an image"],
            readings.Select(r => new[]
        {
            r.Model, r.ByteCount.ToString("N0", CultureInfo.InvariantCulture), $"{r.Correct} of {labels.Length}",
            r.Accuracy(labels.Length).ToString("P1", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{r.Microseconds:F1} µs"),
        }));
    }

    private static void PrintImages(IAnsiConsole terminal, string title, string color, int[] shown, Reading reading,
        byte[] images, byte[] labels)
    {
        if (shown.Length == 0) return;
        terminal.MarkupLine($"[bold]{title}[/]");
        var grid = new Grid();
        foreach (int _ in shown) grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 3, 0) });
        grid.AddRow([.. shown.Select(i => new Text(Draw(images.AsSpan(i * Pixels, Pixels))))]);
        grid.AddRow([.. shown.Select(i =>
        {
            var (digit, certainty) = reading.Answers[i];
            string truth = digit == labels[i] ? "" : $", is {labels[i]}";
            return new Markup(string.Create(CultureInfo.InvariantCulture,
                $"[{color}]{digit}[/] ({certainty:P0}){truth}"));
        })]);
        terminal.Write(grid);
        terminal.WriteLine();
    }

    private static string Draw(ReadOnlySpan<byte> pixels)
    {
        var rows = new string[Side];
        for (int y = 0; y < Side; y++)
        {
            foreach (byte pixel in pixels.Slice(y * Side, Side))
                rows[y] += s_shades[pixel * (s_shades.Length - 1) / 255];
        }
        return string.Join('\n', rows);
    }

    private static void WriteJson(Invocation invocation, Reading[] readings, DemoStory story, int count) => invocation.Json(json =>
    {
        json.WriteNumber("images", count);
        json.Array("models", readings, (j, reading) =>
        {
            j.WriteStartObject();
            j.WriteString("model", reading.Model);
            j.WriteNumber("bytes", reading.ByteCount);
            j.WriteNumber("correct", reading.Correct);
            j.WriteNumber("accuracy", reading.Accuracy(count));
            j.WriteNumber("median_us", reading.Microseconds);
            j.WriteEndObject();
        });
        story.Write(json);
    });

    private sealed record Reading(string Model, long ByteCount, (int Digit, double Certainty)[] Answers, int Correct,
        double Microseconds)
    {
        public double Accuracy(int count) => (double)Correct / count;
    }
}
