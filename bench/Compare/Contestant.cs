using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.Bench.Compare;

/// <summary>Microseconds of one run: the median block of a turn, and the quickest.</summary>
internal readonly record struct Turn(double Median, double Quickest);

/// <summary>One side of a comparison: a process of its own that loads one model and runs when it is asked to.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Process _process;
    private readonly long _before;

    /// <param name="command">The program and its first arguments.</param>
    /// <param name="model">The model to load; it runs once.</param>
    /// <param name="threads">Threads of one run.</param>
    public Contestant(string[] command, string model, int threads)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        // Read on, or a talkative program blocks; what it said is told when it fails.
        _process.ErrorDataReceived += (_, e) => Errors += e.Data + Environment.NewLine;
        _process.BeginErrorReadLine();
        var answer = Ask(new() { ["load"] = model, ["threads"] = threads });
        (LoadMs, FirstMs, _before) = (answer["load_ms"]!.GetValue<double>(), answer["first_ms"]!.GetValue<double>(), answer["rss_kb"]!.GetValue<long>());
    }

    public double LoadMs { get; }

    /// <summary>Milliseconds of the first run.</summary>
    public double FirstMs { get; }

    private string Errors { get; set; } = "";

    /// <summary>Runs in blocks for a while.</summary>
    public Turn Turn(double seconds, int block)
    {
        var answer = Ask(new() { ["turn"] = seconds, ["block"] = block });
        return new(answer["median_us"]!.GetValue<double>(), answer["quickest_us"]!.GetValue<double>());
    }

    /// <summary>Kilobytes by which the resident memory has grown since before the model was loaded.</summary>
    public long Growth() => Ask(new() { ["memory"] = true })["rss_kb"]!.GetValue<long>() - _before;

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000)) _process.Kill();
        _process.Dispose();
    }

    private JsonObject Ask(JsonObject request)
    {
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        string? line = _process.StandardOutput.ReadLine();
        if (line is null)
        {
            _process.WaitForExit();
            throw new InvalidOperationException($"{_process.StartInfo.FileName} ended:{Environment.NewLine}{Errors}");
        }
        return JsonNode.Parse(line)!.AsObject();
    }
}
