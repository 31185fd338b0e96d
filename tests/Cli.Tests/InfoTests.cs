namespace Graft.Cli.Tests;

public sealed class InfoTests
{
    [Fact]
    public async Task Text_names_tensors_signatures_and_operators()
    {
        var told = await Cli.Run("info", Cli.Int8);
        Assert.Equal(0, told.ExitCode);
        foreach (string expected in new[] { "serving_default_args_0", "[1,8,8,1]", "args_0 -> output_0",
            "DEPTHWISE_CONV_2D", "Graft runs this model." })
            Assert.Contains(expected, told.Output);
    }

    [Fact]
    public async Task Json_has_the_facts_of_the_file()
    {
        var told = (await Cli.Run("info", Cli.Float, "--json")).Json;
        Assert.Equal([1, 8, 8, 1], told.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray()
            .Select(d => d.GetInt32()));
        Assert.Equal("float32", told.GetProperty("outputs")[0].GetProperty("dtype").GetString());
        Assert.Equal(2, told.GetProperty("ops").GetProperty("FULLY_CONNECTED").GetInt32());
        Assert.Equal("args_0", told.GetProperty("signatures").GetProperty("serving_default")
            .GetProperty("inputs")[0].GetString());
        Assert.Equal(new FileInfo(Cli.Float).Length, told.GetProperty("bytes").GetInt64());
        Assert.Empty(told.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task The_cpu_is_told_without_a_model()
    {
        var told = await Cli.Run("info", "--cpu", "--json");
        Assert.Equal(0, told.ExitCode);
        Assert.NotEmpty(told.Json.GetProperty("cpu").GetProperty("instructions").GetString()!);
    }
}
