using System.Text.Json.Nodes;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Prefixes with gates, against prefixes without, multiplied by what the gates are for a sequence.</summary>
public sealed class GatedPrefixTests : IDisposable
{
    private const int Batch = 2, Heads = 2, Queries = 3, Keys = 5, Size = 2, Tokens = 2, Width = Heads * Size;
    private const string Attention = "bert.encoder.layer.0.attention.self", Gate = Attention + ".prefix_tuning.prefix_gates.ad";

    private static readonly float[] s_factor = [1, 2, -1, 0.5f], s_offset = [0.5f, 0, 1, -1], s_gate = [0.5f, -1, 0.25f, 2, 1, 1, -2, 0.5f], s_gateBias = [0.5f, -1];

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-gated-prefix").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gate_is_a_mean_over_a_sequences_hidden_states(bool isShared)
    {
        using var model = Build().Load();
        using var interpreter = new Interpreter(model);
        float[] hidden = Fill(interpreter), plain = Run(interpreter, null);
        Write("gated", isShared, 1, 1);
        using var gated = Load(model, "gated");
        float[] actual = Run(interpreter, gated);
        for (int s = 0; s < Batch; s++)
        {
            string name = $"ungated{s}";
            Write(name, null, Mean(hidden, s, 0), Mean(hidden, s, isShared ? 0 : 1));
            using var adapter = Load(model, name);
            float[] expected = Run(interpreter, adapter);
            int half = actual.Length / Batch;
            var part = (s * half)..((s + 1) * half);
            Assert.All(expected[part].Zip(actual[part]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            Assert.NotEqual(plain[part], actual[part]);
        }
        Assert.Contains("cannot be mixed", Assert.Throws<AdapterException>(() => new RowAdapters(gated, null)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be mixed", Assert.Throws<AdapterException>(() => new TokenAdapters((gated, 2), (null, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_makes_the_queries_must_be_the_module_beside_the_gate()
    {
        using var model = Build().Load();
        Write("gated", true, 1, 1);
        var map = new BindingMap(new Dictionary<string, ModuleBinding>());
        Assert.Contains(Attention + ".query", Assert.Throws<AdapterException>(() => model.LoadAdapter(Path.Combine(_folder, "gated"), map, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_layer_has_a_gate()
    {
        Write("gated", true, 1, 1, gates: 2);
        Assert.Contains("for 2 layers", Assert.Throws<AdapterException>(() => Graft.Adapters.AdapterFile.Read(Path.Combine(_folder, "gated"))).Message, StringComparison.Ordinal);
    }

    private static float Mean(float[] hidden, int sequence, int gate) => hidden.Chunk(Width).Skip(sequence * Queries).Take(Queries)
        .Average(n => 1 / (1 + MathF.Exp(-s_gateBias[gate] - n.Select((v, i) => s_gate[gate * Width + i] * (s_factor[i] * v + s_offset[i])).Sum())));

    private Adapter Load(Model model, string name) => model.LoadAdapter(Path.Combine(_folder, name), new BindingMap(new Dictionary<string, ModuleBinding>
    {
        [Attention + ".query"] = new(Attention + ".query", ModuleKind.Linear, [new()
        {
            Subgraph = 0, Node = 0, Operand = 1, Orientation = Orientation.Rows, ColumnFactor = new("norm.weight", [.. s_factor]), InputOffset = new("norm.bias", [.. s_offset]),
        }], BindingEvidence.Map),
    }), null);

    private void Write(string name, bool? isShared, float key, float value, int gates = 1)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, Tokens * 2 * Width).Select(i => (2 * random.NextSingle() - 1) * (i / Width % 2 == 0 ? key : value))];
        var tensors = new Dictionary<string, (int[], float[])> { ["bert.prefix_tuning.prefix_tunings.ad.self_prefix.control_trans"] = ([values.Length], values) };
        var method = new JsonObject { ["architecture"] = "prefix_tuning", ["flat"] = true, ["prefix_length"] = Tokens, ["use_gating"] = isShared is not null, ["shared_gating"] = isShared ?? true };
        int outputs = isShared is false ? 2 : 1;
        for (int layer = 0; isShared is not null && layer < gates; layer++)
        {
            string gate = Gate.Replace("layer.0", $"layer.{layer}", StringComparison.Ordinal);
            tensors[gate + ".weight"] = ([outputs, Width], s_gate[..(outputs * Width)]);
            tensors[gate + ".bias"] = ([outputs], s_gateBias[..outputs]);
        }
        HubFiles.Write(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, method, tensors, Width);
    }

    private static float[] Fill(Interpreter interpreter)
    {
        var random = new Random(3);
        foreach (var input in interpreter.Inputs)
        {
            foreach (ref float value in input.Span<float>()) value = 2 * random.NextSingle() - 1;
        }
        return interpreter.Inputs[0].Span<float>().ToArray();
    }

    private static float[] Run(Interpreter interpreter, AdapterSelection? adapter)
    {
        interpreter.Adapter = adapter;
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }

    private static ModelBuilder Build()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, Batch, Queries, Width), k = b.Input("k", DType.Float32, Batch, Heads, Size, Keys), v = b.Input("v", DType.Float32, Batch, Heads, Keys, Size);
        int weight = b.Constant("w", [.. Enumerable.Range(0, Width * Width).Select(i => i * 5 % 7 - 3f)], Width, Width);
        int split = b.Reshape(b.FullyConnected(x, weight, -1, "h", Batch * Queries, Width), "split", Batch, Queries, Heads, Size);
        int q = b.Tensor("q", DType.Float32, Batch, Heads, Queries, Size), s = b.Tensor("s", DType.Float32, Batch, Heads, Queries, Keys);
        int p = b.Tensor("p", DType.Float32, Batch, Heads, Queries, Keys), y = b.Tensor("y", DType.Float32, Batch, Heads, Queries, Size);
        b.Operator(BuiltinOperator.Transpose, [split, b.Constant("order", [0, 2, 1, 3], 4)], [q], new TransposeOptionsRecord());
        b.Operator(BuiltinOperator.BatchMatMul, [q, k], [s], new BatchMatMulOptionsRecord());
        b.Operator(BuiltinOperator.Softmax, [s], [p], new SoftmaxOptionsRecord { Beta = 1 });
        b.Operator(BuiltinOperator.BatchMatMul, [p, v], [y], new BatchMatMulOptionsRecord());
        return b.Output(y);
    }
}
