using System.Runtime.InteropServices;
using Graft.Adapters.Binding;
using Graft.Adapters.Binding.Values;
using Graft.Ops;
using Graft.Safetensors;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>What converters and passes make of the layers around a weight, and how it is found again.</summary>
public sealed class FoldTests
{
    private const int Width = 8;

    private static readonly float[] s_weight = LoraFolder.Numbers(Width * Width, 1), s_bias = LoraFolder.Numbers(Width, 2);
    private static readonly float[] s_factor = [.. LoraFolder.Numbers(Width, 3).Select(v => v + 1)], s_offset = LoraFolder.Numbers(Width, 4);

    [Fact]
    public void A_folded_batch_norm_leaves_a_factor_and_an_offset()
    {
        var placement = Bind([.. s_weight.Select((w, i) => w * s_factor[i / Width])], [.. s_bias.Select((b, i) => s_factor[i] * b + s_offset[i])]);
        Assert.All(s_factor.Zip(placement.RowFactor!.Values), p => Assert.Equal(p.First, p.Second, 1e-4f));
        Assert.All(s_offset.Zip(placement.OutputOffset!.Values), p => Assert.Equal(p.First, p.Second, 1e-4f));
        Assert.Null(placement.ColumnFactor);
    }

    [Fact]
    public void A_plain_layer_has_neither()
    {
        var placement = Bind(s_weight, s_bias);
        Assert.Null(placement.RowFactor);
        Assert.Null(placement.OutputOffset);
    }

    [Fact]
    public void The_epsilon_of_a_norm_is_found_though_passes_joined_its_nodes()
    {
        var b = new ModelBuilder();
        int x = Quantized(b, b.Input("x", DType.Int8, 2, 4)), sum = Quantized(b, b.Tensor("sum", DType.Int8, 2, 4));
        int epsilon = b.Constant("epsilon", DType.Int8, [(sbyte)1], 1), shifted = Quantized(b, b.Tensor("shifted", DType.Int8, 2, 4)), root = b.Tensor("root", DType.Int8, 2, 4);
        b.Quantize(epsilon, 0.25f).Quantize(root, 1 / 64f, -128);
        b.Operator(BuiltinOperator.Add, [x, Quantized(b, b.Input("y", DType.Int8, 2, 4))], [sum], new AddOptionsRecord());
        b.Operator(BuiltinOperator.Add, [sum, epsilon], [shifted], new AddOptionsRecord());
        b.Operator(BuiltinOperator.Rsqrt, [shifted], [root]);
        using var model = b.Output(root).Load();
        Assert.DoesNotContain(model.Optimized.Subgraphs[0].Nodes, n => n.Op is Rsqrt);
        Assert.Equal(0.25, NormBehind.Epsilon(model.Source.Subgraphs[0], sum));
    }

    private static int Quantized(ModelBuilder b, int tensor)
    {
        b.Quantize(tensor, 1 / 64f, -128);
        return tensor;
    }

    /// <summary>Where the layer is in a model with this weight and bias, by the values of the base.</summary>
    private static Placement Bind(float[] weight, float[] bias)
    {
        var writer = new SafetensorsWriter();
        writer.Add("layer.weight", SafetensorsDType.F32, [Width, Width], MemoryMarshal.AsBytes(s_weight.AsSpan()).ToArray());
        writer.Add("layer.bias", SafetensorsDType.F32, [Width], MemoryMarshal.AsBytes(s_bias.AsSpan()).ToArray());
        using var stream = new MemoryStream();
        writer.Write(stream);
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, Width);
        using var model = b.Output(b.FullyConnected(x, b.Constant("w", weight, Width, Width), b.Constant("b", bias, Width), "y", 1, Width)).Load();
        var map = ValueBinder.Bind(model.Optimized, SafetensorsFile.Parse(stream.ToArray())).Map;
        return Assert.Single(Assert.Single(map.Modules).Value.Placements);
    }
}
