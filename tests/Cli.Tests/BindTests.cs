using Graft.Safetensors;

namespace Graft.Cli.Tests;

/// <summary><c>graft adapter bind</c>, and the options of all commands that load adapters.</summary>
public sealed class BindTests : IDisposable
{
    private static readonly string s_rotated = Path.Combine(Cli.Digits, "adapters", "rotated-lora");

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-cli-bind").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_map_for_one_adapter_comes_from_names_and_serves_where_there_are_none()
    {
        string map = Path.Combine(_folder, "map.json");
        var told = await Cli.Run("adapter", "bind", Cli.Float, s_rotated, "-o", map);
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Contains("Names", told.Output, StringComparison.Ordinal);
        var inspected = await Cli.Run("adapter", "inspect", Cli.Float, s_rotated, "--map", map, "--json");
        Assert.True(inspected.ExitCode == 0, inspected.Error);
        Assert.True(inspected.Json.GetProperty("modules").GetArrayLength() > 0);
        Assert.All(inspected.Json.GetProperty("modules").EnumerateArray(), m => Assert.Equal("Map", m.GetProperty("evidence").GetString()));
    }

    [Theory]
    [InlineData("one of --base, --nodes and ADAPTER is needed", "bind", "MODEL", "-o", "MAP")]
    [InlineData("give one of them", "bind", "MODEL", "--base", "B", "--nodes", "N", "-o", "MAP")]
    public async Task What_is_missing_is_told(string message, params string[] args)
    {
        var told = await Cli.Run(["adapter", .. args.Select(a => a switch { "MODEL" => Cli.Float, "MAP" => Path.Combine(_folder, "map.json"), _ => a })]);
        Assert.Equal(2, told.ExitCode);
        Assert.Contains(message, told.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task What_the_model_does_not_have_is_an_error_or_left_out_and_told()
    {
        string more = More("absent");
        var refused = await Cli.Run("run", Cli.Float, "--adapter", more);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("absent", refused.Error, StringComparison.Ordinal);
        var told = await Cli.Run("run", Cli.Float, "--adapter", more, "--partial");
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Contains("left out, since the model does not have them: absent.", told.Error, StringComparison.Ordinal);
        Assert.Equal((await Cli.Run("run", Cli.Float, "--adapter", s_rotated)).Output, told.Output);
    }

    [Fact]
    public async Task What_changes_nothing_is_an_error_unless_it_is_allowed()
    {
        var refused = await Cli.Run("run", Cli.Float, "--adapter", s_rotated + "=0");
        Assert.Equal(1, refused.ExitCode);
        var told = await Cli.Run("run", Cli.Float, "--adapter", s_rotated + "=0", "--allow-inactive");
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Equal((await Cli.Run("run", Cli.Float)).Output, told.Output);
    }

    /// <summary>The rotated adapter with the factors of one module a second time, under another path.</summary>
    private string More(string outer)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "more")).FullName;
        File.Copy(Path.Combine(s_rotated, "adapter_config.json"), Path.Combine(folder, "adapter_config.json"));
        const string Prefix = "base_model.model.";
        var tensors = SafetensorsFile.Open(Path.Combine(s_rotated, "adapter_model.safetensors")).Tensors;
        string module = tensors[0].Name[Prefix.Length..tensors[0].Name.IndexOf(".lora_", StringComparison.Ordinal)];
        var writer = new SafetensorsWriter();
        foreach (var tensor in tensors)
        {
            int[] shape = [.. tensor.Shape.Select(d => (int)d)];
            writer.Add(tensor.Name, tensor.Type, shape, tensor.Bytes.ToArray());
            if (tensor.Name.StartsWith(Prefix + module + ".", StringComparison.Ordinal)) writer.Add($"{Prefix}{outer}.{tensor.Name[Prefix.Length..]}", tensor.Type, shape, tensor.Bytes.ToArray());
        }
        writer.Save(Path.Combine(folder, "adapter_model.safetensors"));
        return folder;
    }
}
