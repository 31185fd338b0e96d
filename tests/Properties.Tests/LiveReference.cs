using System.Diagnostics;
using System.Text.Json;
using Graft.Conformance.Reading;
using Graft.Safetensors;
using Graft.Tests;

namespace Graft.Properties;

/// <summary>
/// The reference runtime as a process beside the tests, asked over its standard input; absent where <c>../shared</c> is. It may die of a
/// model: that is an answer, and another process takes over.
/// </summary>
public sealed class LiveReference : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string?> s_python = new(FindPython);

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-properties-").FullName;
    private Process? _server;

    /// <summary>Whether there is one; otherwise cases are compared between Graft's own kernels alone.</summary>
    public static bool IsPresent => s_python.Value is not null;

    /// <summary>Processes that died.</summary>
    public int Deaths { get; private set; }

    /// <summary>Whether the process can be given data of this type: NumPy lacks the others.</summary>
    internal static bool CanFeed(DType type) => !type.IsPacked() && type is not (DType.BFloat16 or DType.Float8E4M3FN or DType.Float8E5M2
        or DType.Complex64 or DType.Complex128 or DType.String or DType.Resource or DType.Variant);

    /// <param name="tried">The case.</param>
    /// <param name="kernels"><c>ref</c>, <c>opt</c> or <c>xnn</c>.</param>
    /// <param name="like">Outputs as Graft declares them: types that NumPy lacks, and quantisation, are taken from there.</param>
    internal Attempt Run(OneOpCase tried, string kernels, IReadOnlyList<Result> like)
    {
        if (Invoke(tried, kernels) is { } error) return new(null, error);
        var file = SafetensorsFile.Open(OutputPath);
        var results = new List<Result>();
        for (int i = 0; i < like.Count; i++)
        {
            var stored = file.Tensors.Single(t => t.Name == $"out/{i}");
            try
            {
                results.Add(Read(stored, like[i]));
            }
            catch (GoldenException e)
            {
                return new(null, e.Message);
            }
        }
        return new(results, "");
    }

    internal bool Accepts(OneOpCase tried, string kernels, out string error)
    {
        string? refusal = Invoke(tried, kernels);
        error = refusal ?? "";
        return refusal is null;
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private static Result Read(SafetensorsTensor stored, Result like)
    {
        // NumPy has a byte for each narrow integer, and gives a scalar an axis on its way to the file.
        bool isScalar = like.Shape.Rank == 0 && stored.ToShape() == new Shape(1);
        if (like.Type.IsPacked()) return like with { Shape = isScalar ? like.Shape : stored.ToShape(), Bytes = Pack(stored.Bytes, like.Type.Bits()) };
        var tensor = StoredTypes.Read(stored, like.Type, like.Shape);
        return like with { Shape = isScalar ? like.Shape : tensor.Shape ?? like.Shape, Bytes = tensor.Bytes.ToArray() };
    }

    private static byte[] Pack(ReadOnlySpan<byte> elements, int bits)
    {
        byte[] packed = new byte[((elements.Length * bits) + 7) / 8];
        for (int i = 0; i < elements.Length; i++) packed[i * bits / 8] |= (byte)((elements[i] & ((1 << bits) - 1)) << (i * bits % 8));
        return packed;
    }

    private string OutputPath => Path.Combine(_folder, "out.safetensors");

    /// <returns>Null when it ran, otherwise the reason why not.</returns>
    private string? Invoke(OneOpCase tried, string kernels)
    {
        string model = Path.Combine(_folder, "model.tflite"), inputs = Path.Combine(_folder, "in.safetensors");
        File.WriteAllBytes(model, tried.Model);
        Evidence.Inputs(tried).Save(inputs);
        File.Delete(OutputPath);
        using var answer = Ask(JsonSerializer.Serialize(new { model, inputs, @out = OutputPath, kernels }));
        if (answer is null) return "the reference died";
        return answer.RootElement.GetProperty("ok").GetBoolean() ? null : answer.RootElement.GetProperty("error").GetString()!;
    }

    private JsonDocument? Ask(string request)
    {
        _server ??= Start();
        try
        {
            _server.StandardInput.WriteLine(request);
            _server.StandardInput.Flush();
            var line = _server.StandardOutput.ReadLineAsync();
            if (line.Wait(s_patience) && line.Result is { } text) return JsonDocument.Parse(text);
        }
        catch (IOException)
        {
            // The pipe broke because the process died before it read the request.
        }
        Deaths++;
        Kill();
        return null;
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo(s_python.Value!, [Script, "serve"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TF_CPP_MIN_LOG_LEVEL"] = "3";
        start.Environment["OMP_NUM_THREADS"] = "1";
        var server = Process.Start(start)!;
        server.ErrorDataReceived += static (_, _) => { };
        server.BeginErrorReadLine();
        return server;
    }

    private void Kill()
    {
        if (_server is null) return;
        if (!_server.HasExited) _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        _server = null;
    }

    private static string Script => Path.Combine(SharedCorpus.Shared!, "reference", "litert", "litert.py");

    /// <summary>The interpreter that runs the script, as the script's own setup left it; null where there is none.</summary>
    private static string? FindPython()
    {
        if (SharedCorpus.Shared is null || !OperatingSystem.IsLinux() || !File.Exists(Script)) return null;
        string folder = Environment.GetEnvironmentVariable("LITERT_REFERENCE")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "litert-reference");
        string python = Path.Combine(folder, "bin", "python");
        return File.Exists(python) ? python : null;
    }
}
