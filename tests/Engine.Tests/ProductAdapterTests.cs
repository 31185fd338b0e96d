using System.Runtime.InteropServices;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Safetensors;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Adapters on BATCH_MATMUL with a constant factor, against the formula in double.</summary>
public sealed class ProductAdapterTests
{
    private const int Rank = 4;

    [Theory]
    [InlineData(false, false, false, 1)]
    [InlineData(false, false, false, 40)]
    [InlineData(false, false, true, 1)]
    [InlineData(false, false, true, 40)]
    [InlineData(false, true, false, 5)]
    [InlineData(false, true, true, 40)]
    [InlineData(true, false, false, 1)]
    [InlineData(true, false, true, 40)]
    [InlineData(true, true, false, 40)]
    [InlineData(true, true, true, 5)]
    public void A_constant_factor_is_a_linear_layer(bool isLeft, bool adjX, bool adjY, int rows)
    {
        using var layer = new ProductLayer(isLeft, adjX, adjY);
        Check(layer, rows, layer.Weight, 1e-5f, 1e-5f);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Half_weights_are_widened(bool isLeft, bool adjY)
    {
        using var layer = new ProductLayer(isLeft, false, adjY) { Type = DType.Float16 };
        Check(layer, 7, [.. layer.Weight.Select(w => (float)(Half)w)], 1e-5f, 1e-5f);
    }

    [Theory]
    [InlineData(false, false, false, false, 0.05f)]
    [InlineData(false, true, true, false, 0.05f)]
    [InlineData(false, false, false, true, ProductLayer.OutputScale)]
    [InlineData(false, false, true, true, ProductLayer.OutputScale)]
    [InlineData(true, false, false, true, ProductLayer.OutputScale)]
    [InlineData(true, true, true, true, ProductLayer.OutputScale)]
    public void Integer_weights_carry_adapters_too(bool isLeft, bool adjX, bool adjY, bool isQuantised, float tolerance)
    {
        using var layer = new ProductLayer(isLeft, adjX, adjY) { Type = DType.Int8, IsQuantised = isQuantised };
        Check(layer, 5, [.. layer.Weight.Select(w => (float)(Math.Round(w * 200) / 200))], tolerance, 2 * tolerance);
    }

    [Fact]
    public void Rows_of_a_batch_have_the_bits_of_their_own_adapter()
    {
        foreach (bool isLeft in new[] { false, true })
        {
            using var layer = new ProductLayer(isLeft, false, isLeft);
            using var model = layer.Load(rows: 6);
            using var a = layer.Lora(model, "a", 3);
            using var b = layer.Lora(model, "b", 8);
            float[] x = ProductLayer.Rows(6);
            float[] mixed = layer.Run(model, new RowAdapters(a, null, b), x);
            float[][] alone = [layer.Run(model, a, x), layer.Run(model, null, x), layer.Run(model, b, x)];
            int share = mixed.Length / alone.Length;
            for (int i = 0; i < mixed.Length; i++) Assert.Equal(alone[i / share][i], mixed[i]);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Tokens_have_the_bits_of_their_own_adapter_where_they_are_columns(bool adjY, bool isQuantised)
    {
        using var layer = new ProductLayer(isLeft: true, false, adjY) { Type = isQuantised ? DType.Int8 : DType.Float32, IsQuantised = isQuantised };
        using var model = layer.Load(rows: 5);
        using var a = layer.Lora(model, "a", 3);
        using var b = layer.Lora(model, "b", 8);
        float[] x = ProductLayer.Rows(5), mixed = layer.Run(model, new TokenAdapters([(a, 1), (null, 3), (b, 1)], [(b, 2), (a, 3)], [(a, 5)]), x);
        float[][] alone = [layer.Run(model, a, x), layer.Run(model, null, x), layer.Run(model, b, x)];
        int[] owners = [0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < mixed.Length; i++) Assert.Equal(alone[owners[i / ProductLayer.Outputs]][i], mixed[i]);
        Assert.NotEqual(alone[0], alone[2]);
    }

    [Fact]
    public void A_norm_that_went_into_the_weight_is_found()
    {
        using var layer = new ProductLayer(false, false, false) { Factor = [.. LoraFolder.Numbers(ProductLayer.Inputs, 5).Select(v => v + 1)] };
        using var model = layer.Load(rows: 4);
        using var adapter = layer.Lora(model, "a", Rank);
        float[] x = ProductLayer.Rows(4), seen = [.. x.Select((v, i) => v * layer.Factor[i % ProductLayer.Inputs])];
        Assert.All(Expected(layer.Weight, seen, Rank).Zip(layer.Run(model, adapter, x)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_map_says_where_the_layer_is()
    {
        using var layer = new ProductLayer(false, false, false);
        using var model = layer.Load(rows: 2);
        string map = layer.Folder("map.json");
        Assert.Equal(1, model.WriteBindingMap(layer.Options.BaseWeights!, map).Bound);
        using var adapter = model.LoadAdapter(LoraFolder.Write(layer.Folder("a"), ProductLayer.Inputs, ProductLayer.Outputs, Rank, Rank, Rank + 100), new() { BindingMap = map });
        float[] x = ProductLayer.Rows(2);
        Assert.All(Expected(layer.Weight, x, Rank).Zip(layer.Run(model, adapter, x)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_added_behind_the_product_is_its_bias(bool isLeft)
    {
        using var layer = new ProductLayer(isLeft, false, false) { HasBias = true };
        using var model = layer.Load(rows: 3);
        float[] x = ProductLayer.Rows(3), plain = Expected(layer.Weight, x, 0), factors = LoraFolder.Numbers(ProductLayer.Outputs, 6), bias = LoraFolder.Numbers(ProductLayer.Outputs, 7);
        using var scaling = model.LoadAdapter(Write(layer.Folder("ia3"), """{"peft_type": "IA3", "target_modules": ["layer"], "feedforward_modules": []}""", ("ia3_l", [ProductLayer.Outputs, 1], factors)), layer.Options);
        using var replacing = model.LoadAdapter(Write(layer.Folder("bias"), """{"peft_type": "LORA", "r": 1, "lora_alpha": 1, "bias": "lora_only", "target_modules": ["layer"]}""", ("bias", [ProductLayer.Outputs], bias),
            ("lora_A.weight", [1, ProductLayer.Inputs], new float[ProductLayer.Inputs]), ("lora_B.weight", [ProductLayer.Outputs, 1], new float[ProductLayer.Outputs])), layer.Options);
        Compare(scaling, (y, o) => factors[o] * (y + layer.Bias[o]));
        Compare(replacing, (y, o) => y + bias[o]);

        void Compare(Adapter adapter, Func<float, int, float> formula)
        {
            using var merged = model.Merge(adapter);
            foreach (float[] result in new[] { layer.Run(model, adapter, x), layer.Run(merged, null, x) })
                Assert.All(result.Select((y, i) => (Expected: formula(plain[i], i % ProductLayer.Outputs), y)), pair => Assert.Equal(pair.Expected, pair.y, 1e-5f));
        }
    }

    [Fact]
    public void A_bias_has_no_place_in_a_product_alone()
    {
        using var layer = new ProductLayer(false, false, false);
        using var model = layer.Load(rows: 3);
        float[] added = LoraFolder.Numbers(ProductLayer.Outputs, 7), x = ProductLayer.Rows(3);
        using var adapter = model.LoadAdapter(Write(layer.Folder("a"), """{"peft_type": "LORA", "r": 1, "lora_alpha": 1, "lora_bias": true, "target_modules": ["layer"]}""", ("lora_B.bias", [ProductLayer.Outputs], added),
            ("lora_A.weight", [1, ProductLayer.Inputs], new float[ProductLayer.Inputs]), ("lora_B.weight", [ProductLayer.Outputs, 1], new float[ProductLayer.Outputs])), layer.Options);
        Assert.All(Expected(layer.Weight, x, 0).Select((y, i) => y + added[i % added.Length]).Zip(layer.Run(model, adapter, x)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Contains("run it unmerged", Assert.Throws<AdapterException>(() => model.Merge(adapter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Matrices_of_a_batch_are_no_linear_layer()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2, 3, 4), w = b.Constant("w", LoraFolder.Numbers(2 * 4 * 4, 1), 2, 4, 4), y = b.Tensor("y", DType.Float32, 2, 3, 4);
        using var model = b.Operator(BuiltinOperator.BatchMatMul, [x, w], [y], new BatchMatMulOptionsRecord()).Output(y).Load();
        var map = new BindingMap(new Dictionary<string, ModuleBinding>
        {
            ["layer"] = new("layer", ModuleKind.Linear, [new() { Subgraph = 0, Node = 0, Operand = 1, Orientation = Orientation.Columns }], BindingEvidence.Map),
        });
        using var files = new ProductLayer(false, false, false);
        Assert.Contains("no linear layer", Assert.Throws<AdapterException>(() => model.LoadAdapter(LoraFolder.Write(files.Folder("a"), 4, 4, 1, 1, 2), map)).Message, StringComparison.Ordinal);
    }

    /// <summary>Compares the base, the adapter and the merged model with W x + B A x.</summary>
    private static void Check(ProductLayer layer, int rows, float[] weight, float tolerance, float mergedTolerance)
    {
        using var model = layer.Load(rows);
        using var adapter = layer.Lora(model, "a", Rank);
        using var merged = model.Merge(adapter);
        float[] x = ProductLayer.Rows(rows), plain = Expected(weight, x, 0), adapted = Expected(weight, x, Rank);
        Assert.All(plain.Zip(layer.Run(model, null, x)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.All(adapted.Zip(layer.Run(model, adapter, x)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.All(adapted.Zip(layer.Run(merged, null, x)), pair => Assert.Equal(pair.First, pair.Second, mergedTolerance));
        Assert.Contains(plain.Zip(adapted), pair => Math.Abs(pair.First - pair.Second) > 4 * mergedTolerance);
    }

    /// <summary>(W + B A) x, with the factors that the folder has for this rank; 0 for none.</summary>
    private static float[] Expected(float[] weight, float[] x, int rank)
    {
        const int inputs = ProductLayer.Inputs, outputs = ProductLayer.Outputs;
        float[] a = LoraFolder.Numbers(rank * inputs, rank), b = LoraFolder.Numbers(outputs * rank, rank + 100);
        var y = new float[x.Length / inputs * outputs];
        for (int i = 0; i < y.Length; i++)
        {
            var (row, output) = Math.DivRem(i, outputs);
            double sum = 0;
            for (int k = 0; k < inputs; k++)
            {
                double w = weight[output * inputs + k];
                for (int r = 0; r < rank; r++) w += (double)b[output * rank + r] * a[r * inputs + k];
                sum += w * x[row * inputs + k];
            }
            y[i] = (float)sum;
        }
        return y;
    }

    private static string Write(string folder, string config, params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        Directory.CreateDirectory(folder);
        var writer = new SafetensorsWriter();
        foreach (var (name, shape, values) in tensors) writer.Add("base_model.model.layer." + name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        writer.Save(Path.Combine(folder, "adapter_model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config);
        return folder;
    }
}
