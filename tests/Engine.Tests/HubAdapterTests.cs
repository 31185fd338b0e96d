using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Adapters;

namespace Graft.Tests;

/// <summary>What folders of AdapterHub are refused for, and how they are told from those of PEFT.</summary>
public sealed class HubAdapterTests : IDisposable
{
    private const string Layer = "bert.encoder.layer.0.";

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-hub").FullName;

    private readonly Dictionary<string, int[]> _tensors = new()
    {
        [Layer + "attention.self.query.loras.ad.lora_A"] = [2, 4],
        [Layer + "attention.self.query.loras.ad.lora_B"] = [4, 2],
    };

    private readonly JsonObject _method = new() { ["architecture"] = "lora", ["r"] = 2, ["alpha"] = 4, ["attn_matrices"] = new JsonArray("q") };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Low_rank_factors_are_read()
    {
        var adapter = Read();
        Assert.Equal(("LORA", Layer + "attention.self.query"), (adapter.Method, Assert.Single(adapter.Changes).Module));
    }

    [Theory]
    [InlineData("alhpa", 3, "\"alhpa\"")]
    [InlineData("r", 3, "has rank 2, but the configuration says 3")]
    [InlineData("composition_mode", "mix", "known: add, scale")]
    [InlineData("attn_matrices", "q,v", "no tensors for module \"bert.encoder.layer.0.attention.self.value\"")]
    [InlineData("attn_matrices", "v", "configuration names attention.self.value")]
    [InlineData("leave_out", 0, "\"leave_out\" names layer 0")]
    [InlineData("use_dora", true, "DoRA")]
    [InlineData("architecture", "mtl_lora", "tasks of one adapter")]
    [InlineData("architecture", "other", "supported: ")]
    public void A_key_with_another_meaning_is_refused(string key, object value, string message)
    {
        _method[key] = key switch
        {
            "attn_matrices" => new JsonArray([.. ((string)value).Split(',').Select(v => JsonValue.Create(v))]),
            "leave_out" => new JsonArray((int)value),
            _ => JsonSerializer.SerializeToNode(value),
        };
        Refused(message);
    }

    [Fact]
    public void Tensors_must_be_there_and_have_a_meaning()
    {
        _tensors.Remove(Layer + "attention.self.query.loras.ad.lora_A");
        Refused("lora_A\" is missing");
        _tensors[Layer + "attention.self.query.loras.ad.lora_A"] = [2, 4];
        _tensors["bert.prefix_tuning.prefix_tunings.ad.self_prefix.control_trans"] = [8];
        Refused("control_trans");
    }

    [Fact]
    public void Files_of_two_libraries_in_one_folder_are_refused()
    {
        Write();
        File.Copy(Path.Combine(_folder, "adapter.safetensors"), Path.Combine(_folder, "adapter_model.safetensors"));
        Assert.Contains("has both", Assert.Throws<AdapterException>(() => AdapterFile.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_beside_the_adapter_is_not_ignored()
    {
        File.WriteAllText(Path.Combine(_folder, "head_config.json"), "{}");
        Refused("prediction head");
    }

    private void Refused(string message) => Assert.Contains(message, Assert.Throws<AdapterException>(Read).Message, StringComparison.Ordinal);

    private Graft.Adapters.Form.ImportedAdapter Read()
    {
        Write();
        return AdapterFile.Read(_folder);
    }

    private void Write() => HubFiles.Write(_folder, _method, _tensors.ToDictionary(t => t.Key, t => (t.Value, (float[])[.. Enumerable.Range(0, t.Value.Aggregate(1, (a, b) => a * b)).Select(i => i / 8f)])));
}
