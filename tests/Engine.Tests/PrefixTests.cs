using System.Text.Json.Nodes;
using Graft.Adapters.Binding;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Keys and values before the sequence, against attention to both written out; two sequences, two heads of queries.</summary>
public sealed class PrefixTests : IDisposable
{
    private const int Batch = 2, Heads = 2, Queries = 3, Keys = 5, Size = 4, Tokens = 2;
    private const float Scale = 0.5f;

    private static readonly float[] s_mask = [0, -1, 0, -100, 0.5f];

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-prefix").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Queries_see_the_prefix_besides_the_sequence(int keyHeads)
    {
        float[] prefix = Write("one", keyHeads, 1);
        using var model = Build().Load();
        using var adapter = model.LoadAdapter(Path.Combine(_folder, "one"), new BindingMap(new Dictionary<string, ModuleBinding>()), null);
        using var interpreter = new Interpreter(model);
        float[][] inputs = Fill(interpreter);
        float[] plain = Run(interpreter, null);
        float[] actual = Run(interpreter, adapter);
        Assert.All(Attend(inputs, prefix, keyHeads).Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.All(Attend(inputs, [], keyHeads).Zip(plain), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(plain, Run(interpreter, null));
        Assert.NotEqual(plain, actual);
    }

    [Fact]
    public void Sequences_of_a_batch_may_have_different_prefixes()
    {
        Write("one", 1, 1);
        Write("two", 2, 2);
        using var model = Build().Load();
        using var one = Load(model, "one");
        using var two = Load(model, "two");
        using var interpreter = new Interpreter(model);
        Fill(interpreter);
        float[] first = Run(interpreter, one), second = Run(interpreter, two), mixed = Run(interpreter, new RowAdapters(one, two));
        int half = mixed.Length / 2;
        Assert.Equal(first[..half], mixed[..half]);
        Assert.Equal(second[half..], mixed[half..]);
    }

    [Fact]
    public void Tokens_of_a_sequence_may_not()
    {
        Write("one", 1, 1);
        using var model = Build().Load();
        using var one = Load(model, "one");
        Assert.Contains("\"one\": PREFIX_TUNING cannot be mixed with others in one sequence, since it puts keys and values before whole sequences",
            Assert.Throws<AdapterException>(() => new TokenAdapters((one, 2), (null, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_is_no_change_of_weights()
    {
        Write("one", 1, 1);
        using var model = Build().Load();
        using var adapter = Load(model, "one");
        Assert.Contains("cannot be merged", Assert.Throws<AdapterException>(() => model.Merge(adapter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_layers_is_refused()
    {
        Write("one", 1, 1, layers: 2);
        using var model = Build().Load();
        Assert.Contains("for 2 layers, but 1", Assert.Throws<AdapterException>(() => Load(model, "one")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_attention_is_refused()
    {
        Write("one", 1, 1);
        using var model = ModelSharingTests.Linear().Load();
        Assert.Contains("no attention", Assert.Throws<AdapterException>(() => Load(model, "one")).Message, StringComparison.Ordinal);
    }

    private Adapter Load(Model model, string name) => model.LoadAdapter(Path.Combine(_folder, name), new BindingMap(new Dictionary<string, ModuleBinding>()), null);

    private float[] Write(string name, int keyHeads, int seed, int layers = 1)
    {
        var random = new Random(seed);
        float[] values = [.. Enumerable.Range(0, Tokens * layers * 2 * keyHeads * Size).Select(_ => 2 * random.NextSingle() - 1)];
        var method = new JsonObject { ["architecture"] = "prefix_tuning", ["flat"] = true, ["prefix_length"] = Tokens };
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        HubFiles.Write(folder, method, new Dictionary<string, (int[], float[])> { ["bert.prefix_tuning.prefix_tunings.ad.self_prefix.control_trans"] = ([values.Length], values) }, keyHeads * Size);
        return values;
    }

    private static float[][] Fill(Interpreter interpreter)
    {
        var random = new Random(3);
        return [.. interpreter.Inputs.Select(input =>
        {
            var span = input.Span<float>();
            foreach (ref float value in span) value = 2 * random.NextSingle() - 1;
            return span.ToArray();
        })];
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
        int q = b.Input("q", DType.Float32, Batch, Heads, Queries, Size), k = b.Input("k", DType.Float32, Batch, Heads, Size, Keys), v = b.Input("v", DType.Float32, Batch, Heads, Keys, Size);
        int s = b.Tensor("s", DType.Float32, Batch, Heads, Queries, Keys), scaled = b.Tensor("scaled", DType.Float32, Batch, Heads, Queries, Keys);
        int masked = b.Tensor("masked", DType.Float32, Batch, Heads, Queries, Keys), p = b.Tensor("p", DType.Float32, Batch, Heads, Queries, Keys);
        int y = b.Tensor("y", DType.Float32, Batch, Heads, Queries, Size);
        b.Operator(BuiltinOperator.BatchMatMul, [q, k], [s], new BatchMatMulOptionsRecord());
        b.Operator(BuiltinOperator.Mul, [s, b.Constant("scale", [Scale])], [scaled], new MulOptionsRecord());
        b.Operator(BuiltinOperator.Add, [scaled, b.Constant("mask", s_mask, 1, 1, 1, Keys)], [masked], new AddOptionsRecord());
        b.Operator(BuiltinOperator.Softmax, [masked], [p], new SoftmaxOptionsRecord { Beta = 1 });
        b.Operator(BuiltinOperator.BatchMatMul, [p, v], [y], new BatchMatMulOptionsRecord());
        return b.Output(y);
    }

    private static float[] Attend(float[][] inputs, float[] prefix, int keyHeads)
    {
        int tokens = prefix.Length == 0 ? 0 : Tokens;
        var output = new float[inputs[0].Length];
        for (int row = 0; row < Batch * Heads * Queries; row++)
        {
            int head = row / Queries, kept = head % Heads / (Heads / keyHeads);
            var exponents = new double[tokens + Keys];
            for (int d = 0; d < Size; d++)
            {
                float q = inputs[0][row * Size + d];
                for (int t = 0; t < tokens; t++) exponents[t] += Scale * q * Part(t, 0, kept, d);
                for (int t = 0; t < Keys; t++) exponents[tokens + t] += Scale * q * inputs[1][(head * Size + d) * Keys + t];
            }
            for (int t = 0; t < Keys; t++) exponents[tokens + t] += s_mask[t];
            double sum = exponents.Sum(Math.Exp);
            for (int d = 0; d < Size; d++)
            {
                double y = 0;
                for (int t = 0; t < tokens; t++) y += Math.Exp(exponents[t]) * Part(t, 1, kept, d);
                for (int t = 0; t < Keys; t++) y += Math.Exp(exponents[tokens + t]) * inputs[2][(head * Keys + t) * Size + d];
                output[row * Size + d] = (float)(y / sum);
            }
        }
        return output;

        float Part(int token, int which, int head, int d) => prefix[((token * 2 + which) * keyHeads + head) * Size + d];
    }
}
