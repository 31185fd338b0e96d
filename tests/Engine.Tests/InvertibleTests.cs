using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Invertible adapters behind the norm of the embeddings: where all reads its result, and where a layer has the norm's factor in its weights.</summary>
public sealed class InvertibleTests : IDisposable
{
    private const string Norm = "bert.embeddings.LayerNorm", Layer = "bert.encoder.layer.0.attention.self.query", Place = "bert.encoder.layer.0.output", Stem = "bert.invertible_adapters.ad.";
    private const int Rows = 3, Width = 4;

    private static readonly float[] s_g = [1, 2, -1, 0.5f], s_beta = [0.5f, 0, 1, -1], s_x = [1, -2, 3, 0.5f, 2, 1, 0, -1, -3, 1, 1, 2], s_shift = [0.25f, 0.5f, -1, 1, 0, 0, 1, -1, 2, 1, 0.5f, 0];

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-invertible").FullName;

    private readonly JsonObject _method = new() { ["reduction_factor"] = 2, ["non_linearity"] = "relu", ["inv_adapter"] = "nice", ["inv_adapter_reduction_factor"] = 2 };

    private readonly Dictionary<string, (int[], float[])> _tensors = new()
    {
        [Stem + "F.0.weight"] = ([1, 2], [1, -1]),
        [Stem + "F.0.bias"] = ([1], [0.5f]),
        [Stem + "F.2.weight"] = ([2, 1], [2, 1]),
        [Stem + "F.2.bias"] = ([2], [0.5f, 0]),
        [Stem + "G.0.weight"] = ([1, 2], [0.5f, 1]),
        [Stem + "G.0.bias"] = ([1], [-0.25f]),
        [Stem + "G.2.weight"] = ([2, 1], [-1, 3]),
        [Stem + "G.2.bias"] = ([2], [0, 1]),
        [Place + ".adapters.ad.adapter_down.0.weight"] = ([2, Width], new float[2 * Width]),
        [Place + ".adapters.ad.adapter_down.0.bias"] = ([2], new float[2]),
        [Place + ".adapters.ad.adapter_up.weight"] = ([Width, 2], new float[2 * Width]),
        [Place + ".adapters.ad.adapter_up.bias"] = ([Width], new float[Width]),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_coupling_acts_on_what_the_norm_yields(bool isFolded)
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isFolded).Load();
        using var adapter = model.LoadAdapter(_folder, Map(isFolded), null);
        using var interpreter = new Interpreter(model);
        var plain = Run(interpreter, null);
        var actual = Run(interpreter, adapter);
        float[] x = [.. s_x.Select((v, i) => (v + s_shift[i]) * (isFolded ? s_g[i % Width] : 1) + s_beta[i % Width])];
        float[] expected = [.. x.Chunk(Width).SelectMany(Coupled)];
        Assert.All(expected.Zip(actual.Result), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        // The layer sums what it reads, with the factor in its weights or without.
        Assert.All(expected.Chunk(Width).Zip(actual.Sums), pair => Assert.Equal(pair.First.Sum(), pair.Second, 1e-4f));
        Assert.All(x.Zip(plain.Result), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(plain.Result, Run(interpreter, null).Result);
        Assert.Contains("cannot be merged", Assert.Throws<AdapterException>(() => model.Merge(adapter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_is_not_known_is_refused()
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isFolded: true).Load();
        Assert.Contains("not seen where all", Assert.Throws<AdapterException>(() => model.LoadAdapter(_folder, Map(isFolded: true, hasLayer: false), null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inv_adapter", "glow", "supported: nice")]
    [InlineData("inv_adapter_reduction_factor", 1, "makes others of 2")]
    public void A_key_that_does_not_fit_is_refused(string key, object value, string message)
    {
        _method[key] = System.Text.Json.JsonSerializer.SerializeToNode(value);
        HubFiles.Write(_folder, _method, _tensors);
        Assert.Contains(message, Assert.Throws<AdapterException>(() => AdapterFile.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_language_head_would_need_the_inverse()
    {
        HubFiles.Write(_folder, _method, _tensors);
        string config = Path.Combine(_folder, "adapter_config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"name\"", "\"model_class\":\"BertForMaskedLM\",\"name\"", StringComparison.Ordinal));
        Assert.Contains("its inverse acts", Assert.Throws<AdapterException>(() => AdapterFile.Read(_folder)).Message, StringComparison.Ordinal);
    }

    private static float[] Coupled(float[] x)
    {
        float f = Math.Max(x[2] - x[3] + 0.5f, 0), first = x[0] + 2 * f + 0.5f, second = x[1] + f;
        float g = Math.Max(0.5f * first + second - 0.25f, 0);
        return [first, second, x[2] - g, x[3] + 3 * g + 1];
    }

    private static (float[] Result, float[] Sums) Run(Interpreter interpreter, AdapterSelection? adapter)
    {
        interpreter.Adapter = adapter;
        s_x.CopyTo(interpreter.Inputs[0].Span<float>());
        s_shift.CopyTo(interpreter.Inputs[1].Span<float>());
        interpreter.Invoke();
        return (interpreter.Outputs[0].Span<float>().ToArray(), interpreter.Outputs[1].Span<float>().ToArray());
    }

    /// <summary>Folded: n = a + b, x = g n + beta, and a layer that reads n. Else: x = a + (b + beta), and a layer that reads x.</summary>
    private static ModelBuilder Build(bool isFolded)
    {
        var m = new ModelBuilder();
        int a = m.Input("a", DType.Float32, Rows, Width), b = m.Input("b", DType.Float32, Rows, Width);
        int g = m.Constant("g", s_g, Width), beta = m.Constant("beta", s_beta, Width);
        int n = m.Tensor("n", DType.Float32, Rows, Width), scaled = m.Tensor("scaled", DType.Float32, Rows, Width), x = m.Tensor("x", DType.Float32, Rows, Width);
        if (isFolded)
        {
            m.Operator(BuiltinOperator.Add, [a, b], [n], new AddOptionsRecord());
            m.Operator(BuiltinOperator.Mul, [n, g], [scaled], new MulOptionsRecord());
            m.Operator(BuiltinOperator.Add, [scaled, beta], [x], new AddOptionsRecord());
        }
        else
        {
            m.Operator(BuiltinOperator.Mul, [b, g], [scaled], new MulOptionsRecord());
            m.Operator(BuiltinOperator.Add, [b, beta], [n], new AddOptionsRecord());
            m.Operator(BuiltinOperator.Add, [a, n], [x], new AddOptionsRecord());
        }
        int sum = m.FullyConnected(isFolded ? n : x, m.Constant("w", isFolded ? s_g : [1f, 1, 1, 1], 1, Width), m.Constant("c", isFolded ? [s_beta.Sum()] : [0f], 1), "sum", Rows, 1);
        int rest = m.FullyConnected(x, m.Constant("identity", [1f, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], Width, Width), -1, "rest", Rows, Width);
        int y = m.Tensor("y", DType.Float32, Rows, Width);
        m.Operator(BuiltinOperator.Add, [rest, a], [y], new AddOptionsRecord());
        return m.Output(x, sum, scaled, y);
    }

    private static BindingMap Map(bool isFolded, bool hasLayer = true)
    {
        var modules = new Dictionary<string, ModuleBinding>
        {
            [Norm] = new(Norm, ModuleKind.Vector,
            [
                new() { Subgraph = 0, Node = isFolded ? 1 : 0, Operand = 1, Orientation = Orientation.Vector },
                new() { Subgraph = 0, Node = isFolded ? 2 : 1, Operand = 1, Orientation = Orientation.BiasVector },
            ], BindingEvidence.Map),
            [Place + ".dense"] = new(Place + ".dense", ModuleKind.Linear, [new() { Subgraph = 0, Node = 4, Operand = 1, Orientation = Orientation.Rows }], BindingEvidence.Map),
        };
        var folded = isFolded ? new FoldedVector(Norm + ".weight", [.. s_g]) : null;
        if (hasLayer) modules[Layer] = new(Layer, ModuleKind.Linear, [new() { Subgraph = 0, Node = 3, Operand = 1, Orientation = Orientation.Rows, ColumnFactor = folded }], BindingEvidence.Map);
        return new(modules);
    }
}
