using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Tests;

/// <summary>Adapters whose modules have other names than the base's: PEFT's key mapping, and paths that begin differently.</summary>
public sealed class ModuleNameTests
{
    [Theory]
    [InlineData(@"^model(?!\.language_model)", "model.language_model", "model.layers.0.q", "model.language_model.layers.0.q")]
    [InlineData(@"^model(?!\.language_model)", "model.language_model", "model.language_model.q", "model.language_model.q")]
    [InlineData("^visual", "^model.visual(?!x)", "visual.0.q", "model.visual.0.q")]
    [InlineData(@"layer_(\d+)\.", @"layers.\1.", "layer_12.q", "layers.12.q")]
    [InlineData("a", "$1", "a.q", "$1.q")]
    public void A_key_mapping_is_PEFTs(string pattern, string replacement, string key, string expected)
    {
        var mapping = new KeyMapping([(pattern, replacement), ("q", "never")]);
        bool isMatched = key != expected;
        Assert.Equal(AdapterTensors.Prefix + (isMatched ? expected : key.Replace("q", "never", StringComparison.Ordinal)), mapping.Apply(AdapterTensors.Prefix + key));
    }

    [Fact]
    public void A_key_mapping_that_never_ends_or_is_none_is_refused()
    {
        Assert.Contains("no regular expression", Assert.Throws<AdapterException>(() => new KeyMapping([("(", "")])).Message, StringComparison.Ordinal);
        var slow = new KeyMapping([("^(a+)+$", "")]);
        Assert.Contains("100 ms", Assert.Throws<AdapterException>(() => slow.Apply(new string('a', 60) + "b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapped_adapter_is_bound_by_its_new_names()
    {
        using var layer = new ProductLayer(false, false, false);
        using var model = layer.Load(rows: 2);
        string folder = LoraFolder.Write(layer.Folder("a"), ProductLayer.Inputs, ProductLayer.Outputs, 2, 1, 2);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), """{"peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["other.layer"]}""");
        using var adapter = model.LoadAdapter(folder, new() { BaseWeights = layer.Options.BaseWeights, KeyMapping = [("^layer", "other.layer")] });
        Assert.Equal("other.layer", Assert.Single(adapter.Modules).Name);
    }

    [Theory]
    [InlineData("encoder.layer.0.q encoder.layer.1.q", "bert.encoder.layer.0.q bert.encoder.layer.1.q", true)]
    [InlineData("bert.encoder.layer.0.q head", "encoder.layer.0.q head", true)]
    [InlineData("encoder.layer.0.q head", "bert.encoder.layer.0.q head", true)]
    [InlineData("layer.0.q layer.1.q", "absent.layer.0.q layer.0.q layer.1.q", false)]
    [InlineData("model.language_model.layers.0.q", "language_model.model.layers.0.q", true)]
    [InlineData("model.layers.0.q model.layers.1.q", "model.layers.2.q", false)]
    [InlineData("bert.encoder.layer.0.q", "roberta.encoder.layer.0.q", false)]
    [InlineData("encoder.layer.0.q", "bert.encoder.layer.0.q bert.encoder.layer.1.q", false)]
    [InlineData("a.layer.0.q b.layer.0.q", "layer.0.q", false)]
    public void Paths_may_begin_differently_in_one_way(string known, string wanted, bool isSame)
    {
        var map = new BindingMap(known.Split(' ').ToDictionary(n => n, n => new ModuleBinding(n, ModuleKind.Linear,
            [new() { Subgraph = 0, Node = 0, Operand = 1, Orientation = Orientation.Rows, ColumnFactor = new(n.Replace(".q", ".norm.weight", StringComparison.Ordinal), [1]) }], BindingEvidence.Map), StringComparer.Ordinal));
        var told = PathDrift.InTermsOf(map, wanted.Split(' '));
        if (!isSame)
        {
            Assert.Same(map, told);
            return;
        }
        Assert.All(wanted.Split(' '), name =>
        {
            Assert.Equal(name, told.Modules[name].Name);
            Assert.Equal(name.Replace(".q", ".norm.weight", StringComparison.Ordinal), told.Modules[name].Placements[0].ColumnFactor!.Source);
        });
    }
}
