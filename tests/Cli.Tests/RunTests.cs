using System.Runtime.InteropServices;
using Graft.Safetensors;

namespace Graft.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-cli").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Made_up_inputs_depend_on_the_seed_and_are_kept()
    {
        var first = await Run("a", "--seed", "1");
        Assert.Equal(first["in/0"], (await Run("b", "--seed", "1"))["in/0"]);
        Assert.Equal(first["out/0"], (await Run("b", "--seed", "1"))["out/0"]);
        Assert.NotEqual(first["in/0"], (await Run("b", "--seed", "2"))["in/0"]);
    }

    [Fact]
    public async Task Several_runs_in_a_row_give_several_outputs()
    {
        var (one, two) = ((await Run("a", "--seed", "1")), (await Run("b", "--seed", "2")));
        var writer = new SafetensorsWriter();
        writer.Add("s0/in/0", SafetensorsDType.F32, [1, 8, 8, 1], one["in/0"]);
        writer.Add("s1/in/0", SafetensorsDType.F32, [1, 8, 8, 1], two["in/0"]);
        string inputs = Path.Combine(_folder, "inputs.safetensors");
        writer.Save(inputs);
        var both = await Run("c", "--inputs", inputs);
        Assert.Equal(one["out/0"], both["s0/out/0"]);
        Assert.Equal(two["out/0"], both["s1/out/0"]);
        Assert.Equal(2, both.Count);
    }

    [Fact]
    public async Task A_signature_gives_what_the_main_subgraph_gives() =>
        Assert.Equal((await Run("a"))["out/0"], (await Run("b", "--signature", "serving_default"))["out/0"]);

    [Fact]
    public async Task Kernel_sets_agree()
    {
        var fast = MemoryMarshal.Cast<byte, float>((await Run("a"))["out/0"]).ToArray();
        var reference = MemoryMarshal.Cast<byte, float>((await Run("b", "--kernels", "reference"))["out/0"]).ToArray();
        Assert.All(fast.Zip(reference), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    [Fact]
    public async Task Json_names_types_and_shapes()
    {
        var told = (await Cli.Run("run", Cli.Int8, "--json")).Json;
        Assert.Equal("float32", told.GetProperty("out/0")[0].GetString());
        Assert.Equal([1, 10], told.GetProperty("out/0")[1].EnumerateArray().Select(d => d.GetInt32()));
    }

    [Fact]
    public async Task An_input_of_the_wrong_type_or_number_is_refused()
    {
        var writer = new SafetensorsWriter();
        writer.Add("in/0", SafetensorsDType.I32, [1, 8, 8, 1], new byte[256]);
        string inputs = Path.Combine(_folder, "wrong.safetensors");
        writer.Save(inputs);
        var told = await Cli.Run("run", Cli.Float, "--inputs", inputs);
        Assert.Equal(2, told.ExitCode);
        Assert.Contains("input 0", told.Error);
        Assert.Contains("I32", told.Error);
    }

    private async Task<Dictionary<string, byte[]>> Run(string name, params string[] options)
    {
        string path = Path.Combine(_folder, $"{name}.safetensors");
        var told = await Cli.Run(["run", Cli.Float, "--out", path, .. options]);
        Assert.True(told.ExitCode == 0, told.Error);
        return SafetensorsFile.Open(path).Tensors.ToDictionary(t => t.Name, t => t.Bytes.ToArray());
    }
}
