using System.Text.Json;

namespace Graft.Cli.Tests;

public sealed class AdapterFilesTests : IDisposable
{
    private static readonly string s_rotated = Path.Combine(Cli.Digits, "adapters", "rotated-lora"), s_noisy = Path.Combine(Cli.Digits, "adapters", "noisy-lora");

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-cli-adapters").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Export_writes_the_same_with_a_model_and_without()
    {
        await Fine("adapter", "export", s_rotated, "-o", At("alone"));
        await Fine("adapter", "export", Cli.Float, s_rotated, "--map", Path.Combine(Cli.Digits, "digits_f32.binding.json"), "-o", At("bound"));
        await Fine("adapter", "export", At("alone"), "-o", At("again"));
        foreach (string file in (string[])["adapter_config.json", "adapter_model.safetensors"])
        {
            byte[] expected = File.ReadAllBytes(Path.Combine(At("alone"), file));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(At("bound"), file)));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(At("again"), file)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, "--method", "linear")]
    [InlineData(false, "--method", "ties", "--svd", "--density", "0.5", "--majority-sign", "frequency")]
    [InlineData(false, "--method", "dare_ties", "--density", "0.5", "--seed", "3", "--svd")]
    public async Task Combine_needs_no_model(bool isJoined, params string[] options)
    {
        var told = await Fine(["adapter", "combine", s_rotated + "=0.7", s_noisy + "=0.3", "-o", At("both"), "--json", .. options]);
        Assert.True(told.Json.GetProperty("modules").GetInt32() > 0);
        Assert.Equal(isJoined ? Rank(s_rotated) + Rank(s_noisy) : Math.Max(Rank(s_rotated), Rank(s_noisy)), Rank(At("both")));
        await Fine("adapter", "inspect", Cli.Float, At("both"), "--map", Path.Combine(Cli.Digits, "digits_f32.binding.json"));
    }

    [Theory]
    [InlineData(2, "exists already", "export", "LORA", "-o", "THERE")]
    [InlineData(1, "(IA3)", "export", "IA3", "-o", "NEW")]
    [InlineData(2, "--density must be from 0 to 1", "combine", "LORA", "-o", "NEW", "--density", "2")]
    [InlineData(2, "sideways", "combine", "LORA", "-o", "NEW", "--method", "sideways")]
    [InlineData(2, "is no scale", "combine", "LORA=much", "-o", "NEW")]
    [InlineData(1, "no folder and no file", "export", "absent", "-o", "NEW")]
    public async Task A_mistake_leaves_nothing(int code, string message, params string[] args)
    {
        Directory.CreateDirectory(At("there"));
        string ia3 = Path.Combine(Cli.Digits, "adapters", "inverted-ia3");
        var told = await Cli.Run(["adapter", .. args.Select(a => a.Replace("LORA", s_rotated).Replace("IA3", ia3).Replace("THERE", At("there")).Replace("NEW", At("new")))]);
        Assert.Equal(code, told.ExitCode);
        Assert.Contains(message, told.Error);
        Assert.Equal([At("there")], Directory.EnumerateFileSystemEntries(_folder));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static async Task<Cli> Fine(params string[] args)
    {
        var told = await Cli.Run(args);
        Assert.Empty(told.Error);
        Assert.Equal(0, told.ExitCode);
        return told;
    }

    /// <summary>The largest rank of a module.</summary>
    private static int Rank(string folder)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
        return config.RootElement.GetProperty("rank_pattern").EnumerateObject().Select(p => p.Value.GetInt32()).Append(config.RootElement.GetProperty("r").GetInt32()).Max();
    }
}
