namespace Graft.Cli.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData(2, "nonsense", "nonsense")]
    [InlineData(2, "MODEL", "bench")]
    [InlineData(2, "info needs a MODEL or --cpu", "info")]
    [InlineData(2, "check needs a PATH", "check")]
    [InlineData(2, "--threads must be at least 1", "run", "MODEL", "--threads", "0")]
    [InlineData(2, "sideways", "run", "MODEL", "--kernels", "sideways")]
    [InlineData(2, "absent.tflite", "run", "absent.tflite")]
    [InlineData(2, "no signature 'nosuch'", "run", "MODEL", "--signature", "nosuch")]
    [InlineData(2, "absent.safetensors", "run", "MODEL", "--inputs", "absent.safetensors")]
    [InlineData(1, "TFL3", "run", "DATA")]
    [InlineData(1, "TFL3", "info", "DATA")]
    [InlineData(1, "header", "run", "MODEL", "--inputs", "MODEL")]
    [InlineData(2, "no tensor named in/0", "run", "MODEL", "--inputs", "DATA")]
    [InlineData(1, "graft adapter bind MODEL --nodes LIST -o MAP", "run", "MODEL", "--adapter", "ADAPTER", "--map", "LIST")]
    public async Task A_mistake_ends_in_a_message_and_a_code(int code, string message, params string[] args)
    {
        string data = Path.Combine(Cli.Digits, "digits_data.safetensors");
        string list = Path.Combine(Cli.Digits, "digits_binding.json"), adapter = Path.Combine(Cli.Digits, "adapters", "rotated-lora");
        var told = await Cli.Run([.. args.Select(a => a switch { "MODEL" => Cli.Float, "DATA" => data, "LIST" => list, "ADAPTER" => adapter, _ => a })]);
        Assert.Equal(code, told.ExitCode);
        Assert.Contains(message, told.Error);
        Assert.Empty(told.Output);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("bench")]
    [InlineData("explain")]
    [InlineData("compare")]
    [InlineData("demo")]
    public async Task Every_command_has_help_and_json(string command)
    {
        var told = await Cli.Run(command, "--help");
        Assert.Equal(0, told.ExitCode);
        Assert.Contains("--json", told.Output);
        Assert.Empty(told.Error);
    }
}
