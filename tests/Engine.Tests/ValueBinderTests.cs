using System.Runtime.InteropServices;
using Graft.Adapters.Binding;
using Graft.Adapters.Binding.Values;
using Graft.Adapters.Form;
using Graft.Ops;
using Graft.Safetensors;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>What the values of a base's weights tell, and what they leave open.</summary>
public sealed class ValueBinderTests
{
    private const int Width = 16;

    private readonly SafetensorsWriter _base = new();
    private readonly ModelBuilder _model = new();

    [Fact]
    public void A_weight_that_torch_keeps_transposed_is_found()
    {
        float[] weight = Stored("conv1d.weight", [Width, 2 * Width], 1);
        Layer(new Matrix(Width, 2 * Width, weight).Transposed().Values, 2 * Width);
        Assert.Equal(Orientation.Rows, Only("conv1d").Orientation);
    }

    [Fact]
    public void Joined_layers_are_told_apart_by_their_rows()
    {
        float[] q = Stored("q.weight", [Width, Width], 1), k = Stored("k.weight", [Width / 2, Width], 2), v = Stored("v.weight", [Width / 2, Width], 3);
        Layer([.. q, .. k, .. v], 2 * Width);
        var map = Bind().Map;
        Assert.Equal([("k", Width), ("q", 0), ("v", Width * 3 / 2)], map.Modules.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, Assert.Single(m.Value.Placements).FirstRow)));
    }

    [Fact]
    public void Rows_that_no_module_fills_leave_all_of_them_open()
    {
        float[] q = Stored("q.weight", [Width, Width], 1);
        Layer([.. q, .. LoraFolder.Numbers(Width * Width, 5)], 2 * Width);
        Assert.Empty(Bind().Map.Modules);
    }

    [Theory]
    [InlineData("y", false)]
    [InlineData("a.Net/torch.nn.modules.linear.Linear_second;1", true)]
    public void Equal_weights_are_told_apart_by_names_or_not_at_all(string output, bool isNamed)
    {
        float[] weight = Stored("first.weight", [Width, Width], 1);
        Stored("second.weight", [Width, Width], 1);
        Layer(weight, Width, output);
        var (map, unbound) = Bind();
        if (isNamed)
        {
            Assert.Equal("second", Assert.Single(map.Modules).Key);
            return;
        }
        Assert.Empty(map.Modules);
        Assert.Equal(["first", "second"], unbound.Select(u => u.Module));
        Assert.All(unbound, u => Assert.Contains("equally well", u.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void One_row_that_factors_could_make_of_any_other_is_no_match()
    {
        Stored("head.weight", [1, Width], 1);
        Layer(LoraFolder.Numbers(Width, 2), 1);
        var (map, unbound) = Bind();
        Assert.Empty(map.Modules);
        Assert.Contains("nowhere", Assert.Single(unbound).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bias_of_a_norm_with_weights_of_one_is_found_in_the_bias_of_the_layer()
    {
        float[] weight = Stored("layer.weight", [Width, Width], 1), beta = Stored("norm.bias", [Width], 2), own = Stored("layer.bias", [Width], 3);
        Parameter("norm.weight", [Width], [.. Enumerable.Repeat(1f, Width)]);
        float[] image = new Matrix(Width, Width, weight).Times(beta);
        Layer(weight, Width, bias: [.. own.Zip(image, (b, i) => b + i)]);
        var placement = Only("layer");
        Assert.Equal("norm.bias", placement.InputOffset!.Source);
        Assert.Null(placement.OutputOffset);
    }

    [Fact]
    public void A_batch_norm_that_was_folded_is_named()
    {
        float[] weight = Stored("layer.weight", [Width, Width], 1), own = Stored("layer.bias", [Width], 2), beta = Stored("norm.bias", [Width], 3), mean = Stored("norm.running_mean", [Width], 4);
        float[] gamma = Parameter("norm.weight", [Width], [.. LoraFolder.Numbers(Width, 5).Select(v => v + 1)]), variance = Parameter("norm.running_var", [Width], [.. LoraFolder.Numbers(Width, 6).Select(v => v + 1)]);
        double[] f = [.. gamma.Zip(variance, (g, v) => g / Math.Sqrt(v + 1e-5))];
        Layer([.. weight.Select((w, i) => (float)(w * f[i / Width]))], Width, bias: [.. own.Select((b, i) => (float)(f[i] * (b - mean[i]) + beta[i]))]);
        var map = Bind().Map;
        var placement = Assert.Single(map.Modules["layer"].Placements);
        Assert.Equal(("norm.weight", "norm.bias"), (placement.RowFactor!.Source, placement.OutputOffset!.Source));
        Assert.Empty(map.Modules["norm"].Placements);
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(0, 1)]
    public void Rows_of_a_position_table_are_found_where_they_are_added(int first, int count)
    {
        float[] table = Stored("positions.weight", [8, Width], 1);
        int x = _model.Input("x", DType.Float32, count, Width), y = _model.Tensor("y", DType.Float32, count, Width);
        _model.Operator(BuiltinOperator.Add, [x, _model.Constant("rows", table[(first * Width)..((first + count) * Width)], count, Width)], [y], new AddOptionsRecord()).Output(y);
        var placement = Only("positions");
        Assert.Equal((Orientation.ConstantRows, (first, 8)), (placement.Orientation, placement.TableRows));
    }

    [Fact]
    public void A_norm_whose_weight_is_rounded_to_integers_is_found()
    {
        float[] one = Stored("one.weight", [Width], 1);
        Stored("other.weight", [Width], 2);
        int x = _model.Input("x", DType.Int8, 1, Width), y = _model.Tensor("y", DType.Int8, 1, Width);
        int w = _model.Constant("w", DType.Int8, [.. one.Select(v => (sbyte)MathF.Round(v * 128))], Width);
        _model.Quantize(x, 1 / 64f).Quantize(y, 1 / 64f).Quantize(w, 1 / 128f);
        _model.Operator(BuiltinOperator.Mul, [x, w], [y], new MulOptionsRecord()).Output(y);
        Assert.Equal(Orientation.Vector, Only("one").Orientation);
    }

    [Fact]
    public void An_output_layer_that_the_base_has_as_its_embedding_goes_by_its_own_name_too()
    {
        var table = new ModuleBinding("wte", ModuleKind.Embedding, [Place(1, Orientation.Table), Place(9, Orientation.TableAsRows)], BindingEvidence.Values);
        var map = TiedOutput.Named(new(new Dictionary<string, ModuleBinding>(StringComparer.Ordinal) { ["wte"] = table }), ["model.lm_head", "wte"]);
        Assert.Equal(Place(9, Orientation.Rows), Assert.Single(map.Modules["model.lm_head"].Placements));
        Assert.Equal(["wte"], TiedOutput.Named(new(new Dictionary<string, ModuleBinding>(StringComparer.Ordinal) { ["wte"] = table }), ["head"]).Modules.Keys);

        static Placement Place(int node, Orientation orientation) => new() { Subgraph = 0, Node = node, Operand = 1, Orientation = orientation };
    }

    private float[] Stored(string name, int[] shape, int seed) => Parameter(name, shape, LoraFolder.Numbers(shape.Aggregate(1, (a, b) => a * b), seed));

    private float[] Parameter(string name, int[] shape, float[] values)
    {
        _base.Add(name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        return values;
    }

    private void Layer(float[] weight, int outputs, string output = "y", float[]? bias = null)
    {
        int x = _model.Input("x", DType.Float32, 1, Width);
        _model.Output(_model.FullyConnected(x, _model.Constant("w", weight, outputs, Width), bias is null ? -1 : _model.Constant("b", bias, outputs), output, 1, outputs));
    }

    private Placement Only(string module)
    {
        var binding = Bind().Map.Modules[module];
        Assert.Equal(BindingEvidence.Values, binding.Evidence);
        return Assert.Single(binding.Placements);
    }

    private ValueBinding Bind()
    {
        using var stream = new MemoryStream();
        _base.Write(stream);
        using var model = _model.Load();
        return ValueBinder.Bind(model.Optimized, SafetensorsFile.Parse(stream.ToArray()));
    }
}
