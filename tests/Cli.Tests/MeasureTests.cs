using System.Runtime.InteropServices;
using System.Text.Json;

namespace Graft.Cli.Tests;

public sealed class MeasureTests
{
    [Fact]
    public async Task Bench_has_the_keys_of_the_reference_program()
    {
        var told = (await Cli.Run("bench", Cli.Int8, "--runs", "3", "--profile", "--json")).Json;
        foreach (string key in new[] { "load_and_first_ms", "run_1_ms", "run_10_ms", "run_100_ms", "min_ms", "median_ms", "max_ms" })
            Assert.True(told.GetProperty(key).GetDouble() > 0, key);
        Assert.Equal((Cli.Int8, "fast", 1), (told.GetProperty("model").GetString(),
            told.GetProperty("kernels").GetString(), told.GetProperty("threads").GetInt32()));
        Assert.True(told.GetProperty("arena_bytes").GetInt64() >=
            told.GetProperty("arena_lower_bound_bytes").GetInt64());
        Assert.Contains(told.GetProperty("nodes").EnumerateArray(), n =>
            n.GetProperty("operator").GetString() == "CONV_2D");
    }

    [Fact]
    public async Task Explain_tells_what_computes_each_node_and_draws_it()
    {
        string page = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.html");
        try
        {
            foreach (string model in new[] { Cli.Int8, Cli.Float })
            {
                var told = (await Cli.Run("explain", model, "--runs", "3", "--html", page, "--json")).Json;
                var nodes = told.GetProperty("nodes").EnumerateArray().ToArray();
                var convolution = nodes.First(n => n.GetProperty("operator").GetString() == "CONV_2D");
                Assert.StartsWith("gemm-", convolution.GetProperty("kernel").GetString());
                // 26 x 26 x 8 outputs of 3 x 3 factors are the least that a convolution of these models has.
                Assert.True(convolution.GetProperty("products").GetInt64() > 10_000);
                Assert.All(nodes, n => Assert.InRange(n.GetProperty("share_of_limit").GetDouble(), 0, 1));
                Assert.True(told.GetProperty("float_gflops_limit").GetDouble() > 0 && told.GetProperty("integer_gops_limit").GetDouble() > 0);
                string html = File.ReadAllText(page);
                Assert.Equal(3, html.Split("<svg").Length - 1);
                Assert.DoesNotContain("http", html.Replace("http-equiv", ""), StringComparison.Ordinal);
                foreach (var node in nodes) Assert.Contains($"<td>{node.GetProperty("node").GetInt32()}</td>", html, StringComparison.Ordinal);
            }
            Assert.Contains("GFLOP/s", (await Cli.Run("explain", Cli.Float, "--runs", "1")).Output);
        }
        finally
        {
            File.Delete(page);
        }
    }

    [Fact]
    public async Task Compare_lists_the_nodes_and_finds_integers_equal()
    {
        var told = await Cli.Run("compare", Cli.Int8, "--json");
        Assert.Equal(0, told.ExitCode);
        Assert.True(told.Json.GetProperty("within_tolerance").GetBoolean());
        Assert.Equal(10, told.Json.GetProperty("nodes").GetArrayLength());
        Assert.All(told.Json.GetProperty("nodes").EnumerateArray(), n =>
            Assert.Equal(0, n.GetProperty("differing").GetInt32()));
    }

    [Fact]
    public async Task Compare_tolerates_rounding_and_nothing_more()
    {
        Assert.Equal(0, (await Cli.Run("compare", Cli.Float)).ExitCode);
        Assert.Equal(1, (await Cli.Run("compare", Cli.Float, "--tolerance", "1e-9")).ExitCode);
    }

    [Fact]
    public async Task The_demo_reads_as_many_digits_as_the_reference_does()
    {
        var models = (await Cli.Run("demo", "--json")).Json.GetProperty("models").EnumerateArray().ToArray();
        // LiteRT's reference kernels: 99.4 % of 500 for both models.
        Assert.Equal([497, 497], models.Select(m => m.GetProperty("correct").GetInt32()));
        Assert.Contains("497 of 500", (await Cli.Run("demo")).Output);
    }

    [Fact]
    public async Task The_demo_brings_readings_back_with_adapters_alone_mixed_and_merged()
    {
        var told = (await Cli.Run("demo", "--json")).Json;
        var single = told.GetProperty("adapters").EnumerateArray().ToDictionary(a => (Text(a, "model"), Text(a, "adapter")));
        // torch: the float base with each adapter.
        foreach (var (adapter, accuracy) in new[] { ("rotated-lora", 0.986), ("rotated-dora", 0.988), ("inverted-lora", 0.986), ("inverted-ia3", 0.954), ("mirrored-lora", 0.994), ("noisy-lora", 0.972), ("noisy-ia3", 0.952) })
        {
            Assert.Equal(accuracy, Number(single[("digits_f32.tflite", adapter)], "accuracy_with"), 0.0021);
            Assert.InRange(Number(single[("digits_f32.tflite", adapter)], "accuracy_without"), 0, 0.4);
            Assert.True(Number(single[("digits_f32.tflite", adapter)], "switch_us") > 0);
        }
        // torch's simulation of the integer base with LoRA, and with IA3, which leaves its ranges.
        Assert.Equal(0.986, Number(single[("digits_int8.tflite", "rotated-lora")], "accuracy_with"), 0.0041);
        Assert.Equal(0.65, Number(single[("digits_int8.tflite", "inverted-ia3")], "accuracy_with"), 0.01);
        double Clipped(string adapter) => Number(single[("digits_f32.tflite", adapter)], "clipped_by_integer");
        Assert.True(Clipped("inverted-ia3") > 10 * Clipped("inverted-lora"));
        var mixed = told.GetProperty("mixed_batch").EnumerateArray().ToArray();
        Assert.Equal(6, mixed.Length);
        Assert.All(mixed, m => Assert.Equal(Number(single[(Text(m, "model"), Text(m, "adapter"))], "accuracy_with"), Number(m, "accuracy"), 0.0021));
        Assert.All(told.GetProperty("merged").EnumerateArray(), m => Assert.Equal(Number(single[(Text(m, "model"), Text(m, "adapter"))], "accuracy_with"), Number(m, "accuracy"), 0.01));

        static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
        static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
    }

    [Fact]
    public async Task Check_passes_a_true_golden_and_fails_a_false_one()
    {
        string folder = Directory.CreateTempSubdirectory("graft-cli").FullName;
        try
        {
            string model = Path.Combine(folder, "a.tflite"), golden = Path.ChangeExtension(model, ".safetensors");
            File.Copy(Cli.Float, model);
            await Cli.Run("run", model, "--out", golden);
            Assert.Equal(0, (await Cli.Run("check", folder)).ExitCode);
            byte[] bytes = File.ReadAllBytes(golden);
            bytes[^1] ^= 0x40;
            File.WriteAllBytes(golden, bytes);
            var told = await Cli.Run("check", folder, "--json");
            Assert.Equal((1, 1), (told.ExitCode, told.Json.GetProperty("failed").GetInt32()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Differences_are_counted_and_nothing_hides()
    {
        float[] reference = [1, -4, float.PositiveInfinity, 2], other = [1, -4.5f, float.PositiveInfinity, float.NaN];
        Assert.Equal(0, Between(reference, reference).Differing);
        var difference = Between(other, reference);
        Assert.Equal((2, 4, double.NaN, 4.0), (difference.Differing, difference.Count, difference.Largest,
            difference.Scale));
        Assert.False(difference.IsWithin(DType.Float32, 1));
        Assert.False(Between(reference[..3], reference).IsWithin(DType.Float32, 1));
        Assert.Equal(0.125, Between([1, -4.5f], reference[..2]).Relative);
        Assert.False(TensorDifference.Between(DType.Int8, [1], [2]).IsWithin(DType.Int8, 1));
    }

    private static TensorDifference Between(float[] actual, float[] reference) =>
        TensorDifference.Between(
            DType.Float32, MemoryMarshal.AsBytes<float>(actual), MemoryMarshal.AsBytes<float>(reference));
}
