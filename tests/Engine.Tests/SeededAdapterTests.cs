using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>What follows from seeds that adapters store instead of numbers; expected values are those of torch 2.13 and NumPy 1.24.</summary>
public sealed class SeededAdapterTests : IDisposable
{
    private const string Layer = "base_model.model.encoder.layer.";

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-seeded").FullName;

    private readonly JsonObject _config = new() { ["peft_type"] = "UNILORA", ["r"] = 1, ["proj_seed"] = 42, ["theta_d_length"] = 4, ["target_modules"] = new JsonArray("query", "value") };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(10, 4, 42ul, new[] { 0, 3, 3, 3, 0, 1, 2, 1, 2, 0 })]
    [InlineData(7, 3, 0ul, new[] { 1, 2, 1, 2, 2, 0, 0 })]
    public void NumPys_choice_and_shuffle_are_reproduced(int count, int length, ulong seed, int[] expected)
    {
        var generator = new NumPyGenerator(seed);
        int[] indices = [.. Enumerable.Range(0, length).SelectMany(i => Enumerable.Repeat(i, count / length)), .. generator.Choice(length, count % length)];
        generator.Shuffle(indices);
        Assert.Equal(expected, indices);
    }

    [Fact]
    public void NumPys_choice_of_a_large_part_is_the_end_of_a_shuffle()
    {
        int[] chosen = new NumPyGenerator(5).Choice(20_000, 15_000);
        Assert.Equal([5286, 1427, 3338, 3840], chosen[..4]);
        Assert.Equal(chosen.Length, chosen.Distinct().Count());
    }

    [Fact]
    public void Torchs_uniform_numbers_are_reproduced()
    {
        Assert.Equal([-0.00748682f, 0.5364436f, -0.82304513f, -0.735939f], new TorchGenerator(0).Uniform(4, 1));
        Assert.Equal([-0.0074768066f, 0.53515625f, -0.82421875f, -0.734375f], new TorchGenerator(0).BrainUniform(4, 1));
    }

    [Fact]
    public void The_upper_bound_of_rounded_numbers_becomes_the_lower_one()
    {
        float[] drawn = new TorchGenerator(0).BrainUniform(4096, 1);
        Assert.Equal((-1f, 0), (drawn.Min(), drawn.Count(v => v == 1)));
    }

    [Fact]
    public void UniLoras_modules_are_those_of_the_base_in_its_order()
    {
        Write(("base_model.unilora_theta_d", [4], [1, 2, 3, 4]));
        var adapter = AdapterFile.Read(_folder);
        Assert.Empty(adapter.Changes);
        var changes = adapter.On(() => new(["encoder.layer.10.value", "encoder.layer.2.value", "encoder.layer.2.key", "encoder.layer.2.query"], _ => (2, 1))).Changes;
        Assert.Equal(["encoder.layer.2.query", "encoder.layer.2.value", "encoder.layer.10.value"], changes.Select(c => c.Module));
        var terms = new LinearTerms(2, 1);
        changes[1].Resolve(new("m", ModuleKind.Linear, 2, 1, default, () => new(2, 1), () => [0, 0], true), 1, terms);
        // Of nine picks the fourth to sixth, each over the root of how often it occurs.
        var term = Assert.Single(terms.LowRanks);
        var (a, b) = (term.A, term.B);
        Assert.Equal([2.828427f, 1.4142135f, 1.4142135f], [.. a.Values, .. b.Values]);
    }

    [Theory]
    [InlineData("model.layers.9.mlp.down_proj", "model.layers.10.self_attn.q_proj")]
    [InlineData("model.layers.1.self_attn.o_proj", "model.layers.1.mlp.gate_proj")]
    [InlineData("h.1.attn.c_proj", "h.1.mlp.c_fc")]
    [InlineData("h.1.mlp.c_fc", "h.1.mlp.c_proj")]
    public void Custom_tells_the_order_of_a_layers_modules(string first, string second)
    {
        Assert.True(NaturalOrder.IsKnown(first, second));
        Assert.True(NaturalOrder.Compare(first, second) < 0);
    }

    [Theory]
    [InlineData("one.query", "other.query", "comes first")]
    [InlineData("encoder.layer.0.key", "encoder.layer.1.key", "no module of the base")]
    public void UniLora_without_indices_needs_the_bases_modules_and_their_order(string first, string second, string message)
    {
        Write(("base_model.unilora_theta_d", [4], [1, 2, 3, 4]));
        var adapter = AdapterFile.Read(_folder);
        Assert.Contains(message, Assert.Throws<AdapterException>(() => adapter.On(() => new([first, second], _ => (2, 1)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("save_indices", true, "says that they were saved")]
    [InlineData("theta_d_length", 5, "has 4 elements")]
    [InlineData("proj_seed", -1, "not negative")]
    [InlineData("target_modules", "all-linear", "must name the modules")]
    public void UniLoras_keys_must_fit(string key, object value, string message)
    {
        _config[key] = System.Text.Json.JsonSerializer.SerializeToNode(value);
        Write(("base_model.unilora_theta_d", [4], [1, 2, 3, 4]));
        Assert.Contains(message, Assert.Throws<AdapterException>(() => AdapterFile.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bases_that_were_not_saved_have_the_sizes_of_the_largest_module()
    {
        VeRa(isSaved: false);
        var changes = AdapterFile.Read(_folder).Changes;
        var terms = new LinearTerms(2, 3);
        changes[0].Resolve(Module(m => m.EndsWith("0", StringComparison.Ordinal) ? (2, 3) : (1, 4)), 1, terms);
        var term = Assert.Single(terms.LowRanks);
        var (a, b) = (term.A, term.B);
        Assert.Equal(new TorchGenerator(7).Uniform(4, Math.Sqrt(1.5))[..3], a.Values);
        Assert.Equal(2, b.Rows);
        Assert.Contains("encoder.layer.0", Assert.Throws<AdapterException>(() => changes[0].Resolve(Module(m => throw new AdapterException(m)), 1, terms)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bases_that_were_saved_must_be_there()
    {
        VeRa(isSaved: true);
        Assert.Contains("says that they were saved", Assert.Throws<AdapterException>(() => AdapterFile.Read(_folder)).Message, StringComparison.Ordinal);
    }

    private static BaseModule Module(Func<string, (int, int)> sizes) => new("m", ModuleKind.Linear, 2, 3, default, () => new(2, 3), () => [0, 0], true) { Sizes = sizes };

    private void VeRa(bool isSaved)
    {
        foreach (string key in (string[])["proj_seed", "theta_d_length"]) _config.Remove(key);
        (_config["peft_type"], _config["target_modules"], _config["projection_prng_key"], _config["save_projection"]) = ("VERA", ".*", 7, isSaved);
        Write([.. Enumerable.Range(0, 2).SelectMany(i => new (string, int[], float[])[] { ($"{Layer}{i}.vera_lambda_d", [1], [1]), ($"{Layer}{i}.vera_lambda_b", [2 - i], [.. Enumerable.Repeat(1f, 2 - i)]) })]);
    }

    private void Write(params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), _config.ToJsonString());
        var writer = new SafetensorsWriter();
        foreach (var (name, shape, values) in tensors) writer.Add(name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        writer.Save(Path.Combine(_folder, "adapter_model.safetensors"));
    }
}
