using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Interventions at the ends of sequences, behind the norm of a layer with an attention, whose mask tells where sequences end.</summary>
public sealed class InterventionTests : IDisposable
{
    private const string Layer = "bert.encoder.layer.0", Norm = Layer + ".output.LayerNorm", Stem = Layer + ".reft_layer.refts.ad.units.";
    private const int Batch = 3, Length = 5, Width = 4, Rank = 2;

    private static readonly float[] s_g = [1, 2, -1, 0.5f], s_beta = [0.5f, 0, 1, -1], s_x = LoraFolder.Numbers(Batch * Length * Width, 3);

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-reft").FullName;

    private readonly JsonObject _method = new()
    {
        ["architecture"] = "reft", ["layers"] = "all", ["prefix_positions"] = 2, ["suffix_positions"] = 1, ["r"] = Rank, ["orthogonality"] = false,
        ["tied_weights"] = false, ["non_linearity"] = null, ["output_reft"] = true,
    };

    private readonly Dictionary<string, (int[], float[])> _tensors = [];

    public InterventionTests()
    {
        for (int unit = 0; unit < 2; unit++)
        {
            _tensors[$"{Stem}{unit}.learned_source.weight"] = ([Rank, Width], LoraFolder.Numbers(Rank * Width, 10 + unit));
            _tensors[$"{Stem}{unit}.learned_source.bias"] = ([Rank], LoraFolder.Numbers(Rank, 20 + unit));
            _tensors[$"{Stem}{unit}.projection.weight"] = ([Rank, Width], LoraFolder.Numbers(Rank * Width, 30 + unit));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tokens_at_both_ends_are_changed_and_no_padding() => Check([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1], ["fF..l", "fFl..", "..fFl"]);

    [Fact]
    public void In_a_short_sequence_the_last_come_first() => Check([1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1], ["fl...", "lF...", "fF..l"]);

    [Fact]
    public void One_unit_may_serve_both_ends()
    {
        _method["tied_weights"] = true;
        foreach (string key in _tensors.Keys.Where(k => k.StartsWith(Stem + "1.", StringComparison.Ordinal)).ToArray()) _tensors.Remove(key);
        Check([1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1], ["fF.f.", "fF..f", ".fF.f"]);
    }

    [Fact]
    public void A_function_may_bend_the_source_and_nothing_be_subtracted()
    {
        (_method["non_linearity"], _method["subtract_projection"]) = ("relu", false);
        Check([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], ["fF..l", "fF..l", "fF..l"]);
    }

    [Fact]
    public void An_orthogonal_projection_is_made_of_reflections()
    {
        _method["orthogonality"] = true;
        for (int unit = 0; unit < 2; unit++)
        {
            float[] original = LoraFolder.Numbers(Rank * Width, 40 + unit), frame = LoraFolder.Numbers(Width * Width, 50 + unit);
            (original[0], original[Width + 1]) = (-1, 1);
            _tensors.Remove($"{Stem}{unit}.projection.weight", out _);
            _tensors[$"{Stem}{unit}.projection.parametrizations.weight.original"] = ([Rank, Width], original);
            _tensors[$"{Stem}{unit}.projection.parametrizations.weight.0.base"] = ([Width, Width], frame);
        }
        Check([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1], ["fF..l", "fFl..", "..fFl"]);
    }

    [Fact]
    public void Rows_of_a_batch_have_their_own_adapter()
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build().Load();
        using var adapter = model.LoadAdapter(_folder, Map());
        int[] mask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1];
        float[] plain = Run(model, null, mask), all = Run(model, adapter, mask), mixed = Run(model, new RowAdapters(adapter, null, adapter), mask);
        Assert.Contains("acts at the ends of whole sequences", Assert.Throws<AdapterException>(() => new TokenAdapters((adapter, 3), (null, 2))).Message, StringComparison.Ordinal);
        for (int i = 0; i < mixed.Length; i++) Assert.Equal(i / (Length * Width) == 1 ? plain[i] : all[i], mixed[i]);
        Assert.Contains("cannot be merged", Assert.Throws<AdapterException>(() => model.Merge(adapter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_without_the_tokens_fails_the_run()
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build().Load();
        using var adapter = model.LoadAdapter(_folder, Map());
        Assert.Contains("sequence 1, 0 are tokens", Assert.ThrowsAny<Exception>(() => Run(model, adapter, [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "a zero in it does not hide a position")]
    [InlineData(2, "0 of its inputs decide")]
    public void A_mask_that_is_not_understood_is_refused(int kind, string message)
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isReversed: kind == 1, isMasked: kind != 2).Load();
        Assert.Contains(message, Assert.Throws<AdapterException>(() => model.LoadAdapter(_folder, Map(isMasked: kind != 2))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prefix_positions,suffix_positions", 0, "both 0")]
    [InlineData("r", 3, "\"r\" is 3")]
    [InlineData("layers", "some", "known: all")]
    [InlineData("layers", 1, "names 1, but there are tensors for 0")]
    [InlineData("non_linearity", "cube", "supported: relu")]
    [InlineData("orthogonality", true, "parametrizations.weight.original\" is missing")]
    [InlineData("tied_weights", true, "units.1")]
    [InlineData("output_reft", false, "nowhere")]
    public void A_key_that_does_not_fit_is_refused(string keys, object value, string message)
    {
        foreach (string key in keys.Split(',')) _method[key] = key == "layers" && value is int layer ? new JsonArray(layer) : System.Text.Json.JsonSerializer.SerializeToNode(value);
        HubFiles.Write(_folder, _method, _tensors);
        Assert.Contains(message, Assert.Throws<AdapterException>(() => AdapterFile.Read(_folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>Compares the model with the formula; f and F stand for first tokens, l for last ones.</summary>
    private void Check(int[] mask, string[] acting)
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build().Load();
        using var adapter = model.LoadAdapter(_folder, Map());
        Assert.Contains(adapter.Modules, m => m.Name == "mask of tokens");
        float[] plain = Run(model, null, mask), adapted = Run(model, adapter, mask);
        string all = string.Concat(acting);
        for (int row = 0; row < all.Length; row++)
        {
            float[] x = plain.AsSpan(row * Width, Width).ToArray(), y = all[row] == '.' ? x : Changed(x, char.ToLowerInvariant(all[row]) == 'f' ? 0 : 1);
            for (int i = 0; i < Width; i++) Assert.Equal(y[i], adapted[row * Width + i], all[row] == '.' ? 0 : 1e-5f);
        }
    }

    private float[] Changed(float[] x, int unit)
    {
        float[] weight = _tensors[$"{Stem}{unit}.learned_source.weight"].Item2, bias = _tensors[$"{Stem}{unit}.learned_source.bias"].Item2;
        double[] projection = Projection(unit), y = Array.ConvertAll(x, v => (double)v);
        for (int k = 0; k < Rank; k++)
        {
            double source = bias[k], seen = 0;
            for (int i = 0; i < Width; i++) (source, seen) = (source + weight[k * Width + i] * x[i], seen + projection[k * Width + i] * x[i]);
            if (_method["non_linearity"] is not null) source = Math.Max(source, 0);
            if (!_method.ContainsKey("subtract_projection")) source -= seen;
            for (int i = 0; i < Width; i++) y[i] += source * projection[k * Width + i];
        }
        return Array.ConvertAll(y, v => (float)v);
    }

    /// <summary>(F H1 H2)ᵀ with the signs of the diagonal, one reflection after the other.</summary>
    private double[] Projection(int unit)
    {
        if (_tensors.TryGetValue($"{Stem}{unit}.projection.weight", out var plain)) return Array.ConvertAll(plain.Item2, v => (double)v);
        float[] original = _tensors[$"{Stem}{unit}.projection.parametrizations.weight.original"].Item2;
        double[] product = Array.ConvertAll(_tensors[$"{Stem}{unit}.projection.parametrizations.weight.0.base"].Item2, v => (double)v);
        for (int k = 0; k < Rank; k++)
        {
            double[] v = [.. Enumerable.Range(0, Width).Select(i => i < k ? 0 : i == k ? 1 : (double)original[k * Width + i])];
            double square = v.Sum(e => e * e);
            for (int row = 0; row < Width; row++)
            {
                double dot = Enumerable.Range(0, Width).Sum(i => product[row * Width + i] * v[i]);
                for (int i = 0; i < Width; i++) product[row * Width + i] -= 2 * dot / square * v[i];
            }
        }
        return [.. Enumerable.Range(0, Rank * Width).Select(i => product[i % Width * Width + i / Width] * original[i / Width * Width + i / Width])];
    }

    private static float[] Run(Model model, AdapterSelection? adapter, int[] mask)
    {
        using var interpreter = new Interpreter(model) { Adapter = adapter };
        s_x.CopyTo(interpreter.Inputs[0].Span<float>());
        mask.CopyTo(interpreter.Inputs[1].Span<int>());
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }

    /// <summary>y = g (attention(x, x, x) + x) + beta.</summary>
    private static ModelBuilder Build(bool isReversed = false, bool isMasked = true)
    {
        var m = new ModelBuilder();
        int x = m.Input("x", DType.Float32, Batch, Length, Width), mask = m.Input("mask", DType.Int32, Batch, Length);
        int scores = Product(m, x, x, adjY: true, "scores", Length);
        if (isMasked)
        {
            int real = m.Tensor("real", DType.Float32, Batch, Length), hidden = m.Tensor("hidden", DType.Float32, Batch, Length), bias = m.Tensor("bias", DType.Float32, Batch, Length);
            m.Operator(BuiltinOperator.Cast, [mask], [real], new CastOptionsRecord { InDataType = TensorType.Int32, OutDataType = TensorType.Float32 });
            m.Operator(BuiltinOperator.Sub, [m.Constant("one", [1f], 1), real], [hidden], new SubOptionsRecord());
            m.Operator(BuiltinOperator.Mul, [hidden, m.Constant("much", [isReversed ? 1e9f : -1e9f], 1)], [bias], new MulOptionsRecord());
            int sum = m.Tensor("sum", DType.Float32, Batch, Length, Length);
            m.Operator(BuiltinOperator.Add, [scores, m.Reshape(bias, "rows", Batch, 1, Length)], [sum], new AddOptionsRecord());
            scores = sum;
        }
        int shares = m.Tensor("shares", DType.Float32, Batch, Length, Length), n = m.Tensor("n", DType.Float32, Batch, Length, Width);
        m.Operator(BuiltinOperator.Softmax, [scores], [shares], new SoftmaxOptionsRecord { Beta = 1 });
        int seen = Product(m, shares, x, adjY: false, "seen", Width), scaled = m.Tensor("scaled", DType.Float32, Batch, Length, Width), y = m.Tensor("y", DType.Float32, Batch, Length, Width);
        m.Operator(BuiltinOperator.Add, [seen, x], [n], new AddOptionsRecord());
        m.Operator(BuiltinOperator.Mul, [n, m.Constant("g", s_g, Width)], [scaled], new MulOptionsRecord());
        m.Operator(BuiltinOperator.Add, [scaled, m.Constant("beta", s_beta, Width)], [y], new AddOptionsRecord());
        return m.Output(y);
    }

    private static int Product(ModelBuilder m, int left, int right, bool adjY, string name, int columns)
    {
        int output = m.Tensor(name, DType.Float32, Batch, Length, columns);
        m.Operator(BuiltinOperator.BatchMatMul, [left, right], [output], new BatchMatMulOptionsRecord { AdjY = adjY });
        return output;
    }

    private static BindingMap Map(bool isMasked = true)
    {
        using var model = Build(isMasked: isMasked).Load();
        var nodes = model.Source.Subgraphs[0].Nodes;
        return new(new Dictionary<string, ModuleBinding>
        {
            [Norm] = new(Norm, ModuleKind.Vector,
            [
                new() { Subgraph = 0, Node = nodes.Length - 2, Operand = 1, Orientation = Orientation.Vector },
                new() { Subgraph = 0, Node = nodes.Length - 1, Operand = 1, Orientation = Orientation.BiasVector },
            ], BindingEvidence.Map),
        });
    }
}
