using System.Text.Json;

namespace Graft.Cli.Tests;

/// <summary>Runs the command line in this process and keeps what it said.</summary>
internal sealed record Cli(int ExitCode, string Output, string Error)
{
    /// <summary>The folder of the digits sample, which lies beside the program.</summary>
    public static string Digits { get; } = Path.Combine(AppContext.BaseDirectory, "samples", "digits");

    public static string Int8 => Path.Combine(Digits, "digits_int8.tflite");

    public static string Float => Path.Combine(Digits, "digits_f32.tflite");

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static async Task<Cli> Run(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.Run(args, output, error);
        return new(code, output.ToString(), error.ToString());
    }
}
