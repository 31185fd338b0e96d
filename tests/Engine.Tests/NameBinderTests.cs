using Graft.Adapters.Binding;

namespace Graft.Tests;

public sealed class NameBinderTests
{
    private const string Q = "Linear_q", K = "Linear_k";

    [Theory]
    [InlineData("a.Seq/b.Bert_bert/b.Encoder_encoder/b.Layer_0/b.Self_self/torch.nn.Linear_query", "bert.encoder.layer.0.self.query", true)]
    [InlineData("a.Seq/b.Bert_bert/b.Encoder_encoder/b.Layer_0/b.Self_self/torch.nn.Linear_query", "bert.encoder.layer.1.self.query", false)]
    [InlineData("a.Seq/b.Bert_bert/b.Encoder_encoder/b.Layer_0/b.Self_self/torch.nn.Linear_query", "self.query", true)]
    [InlineData("a.Seq/b.Bert_bert/b.Layer_0/torch.nn.Linear_query", "bert.encoder.layer.0.query", false)]
    [InlineData("a.Lm/a.Model_model/a.Layer_1/a.Attention_self_attn/torch.nn.Linear_q_proj", "model.layers.1.self_attn.q_proj", true)]
    [InlineData("a.Lm/a.Model_model/a.Layer_11/torch.nn.Linear_q", "model.layers.1.q", false)]
    [InlineData("a.Lm/torch.nn.Linear_q", "model.q", false)]
    public void Paths_name_modules_but_for_lists(string path, string module, bool isNamed) =>
        Assert.Equal(isNamed, Assert.Single(TorchPath.Of(path + ";1")).Names(module));

    [Fact]
    public void Names_bind_what_they_leave_no_doubt_about()
    {
        using var model = Build([(0, Q, ""), (0, K, Q), (1, Q, ""), (1, K, Q)]).Load();
        var map = NameBinder.Bind(model.Optimized, ["layers.0.q", "layers.0.k", "layers.1.q", "layers.1.k", "layers.2.q"]);
        Assert.Equal(["layers.0.k", "layers.0.q", "layers.1.k", "layers.1.q"], map.Modules.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1, 0, 3, 2], map.Modules.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => Assert.Single(m.Value.Placements).Node));
        Assert.All(map.Modules.Values, m => Assert.Equal(BindingEvidence.Names, m.Evidence));
    }

    [Fact]
    public void Joined_layers_stay_unbound()
    {
        using var model = Build([(0, Q, K), (0, K, Q)]).Load();
        Assert.Empty(NameBinder.Bind(model.Optimized, ["layers.0.q", "layers.0.k"]).Modules);
    }

    [Fact]
    public void Shuffled_names_are_refused()
    {
        (int, string, string)[] right = [(0, Q, ""), (0, K, ""), (1, Q, ""), (1, K, ""), (2, Q, ""), (2, K, "")];
        var random = new Random(1);
        for (int round = 0; round < 20; round++)
        {
            var shuffled = right.ToArray();
            random.Shuffle(shuffled);
            bool isRenamed = shuffled.Chunk(2).All(layer => layer[0].Item1 == layer[1].Item1) && shuffled.Select(n => n.Item1).SequenceEqual(right.Select(n => n.Item1))
                && shuffled.Chunk(2).Select(layer => layer[0].Item2).Distinct().Count() == 1;
            if (isRenamed) continue;
            using var model = Build(shuffled).Load();
            Assert.Contains("order", Assert.Throws<AdapterException>(() => NameBinder.Bind(model.Optimized, ["layers.0.q"])).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("f32", "rotated-lora")]
    [InlineData("int8", "noisy-ia3")]
    public void An_adapter_needs_no_map_where_names_tell(string kind, string name)
    {
        using var model = Digits.Model(kind);
        using var mapped = Digits.Load(model, name, kind);
        using var named = model.LoadAdapter(Digits.Adapter(name));
        Assert.All(named.Modules, m => Assert.Equal("Names", m.Evidence));
        Assert.Equal(Digits.Run(model, mapped), Digits.Run(model, named));
    }

    [Fact]
    public void A_norm_that_went_into_a_layer_must_be_seen_elsewhere()
    {
        const string joined = "a.Net/a.Block_0/torch.nn.modules.normalization.LayerNorm_norm;";
        using var model = Build([(0, Q, "")], joined).Load();
        Assert.Empty(NameBinder.Bind(model.Optimized, ["layers.0.q"]).Modules);
    }

    /// <summary>Layers one after the other; each is named by itself and, where converters joined names, by another.</summary>
    private static ModelBuilder Build((int Layer, string Name, string Joined)[] nodes, string before = "")
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2, 4);
        for (int i = 0; i < nodes.Length; i++)
        {
            var (layer, name, joined) = nodes[i];
            string path = $"{before}a.Net/a.Block_{layer}/torch.nn.modules.linear.{name};{(joined.Length > 0 ? $"a.Net/a.Block_{layer}/torch.nn.modules.linear.{joined};" : "")}{i}";
            x = b.FullyConnected(x, b.Constant($"w{i}", [.. Enumerable.Range(0, 16).Select(k => k + i * 0.5f)], 4, 4), -1, path, 2, 4);
        }
        return b.Output(x);
    }
}
