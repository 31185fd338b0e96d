using Graft.Graphs;
using Graft.Schema;

namespace Graft.Tests.Passes;

public sealed class TabulateBytesTests
{
    [Theory]
    [InlineData(DType.Int8)]
    [InlineData(DType.UInt8)]
    public void A_gate_becomes_one_table_with_the_same_bits(DType type)
    {
        using var model = Gate(type, keepsGate: false).Load();
        var node = Assert.Single(model.Optimized.Subgraphs[0].Nodes);
        Assert.Equal<int>([0, 1, 2], node.Origin.Sources);
        Assert.Equal("LOGISTIC+MUL+RELU", node.Id.Name);
        Compare(model);
    }

    [Fact]
    public void What_others_need_stays()
    {
        using var model = Gate(DType.Int8, keepsGate: true).Load();
        Assert.Equal(["LOGISTIC", "MUL+RELU"], model.Optimized.Subgraphs[0].Nodes.Select(n => n.Id.Name));
        Compare(model);
    }

    [Fact]
    public void Two_tensors_are_no_function_of_one()
    {
        var b = new ModelBuilder();
        int x = Quantized(b, b.Input("x", DType.Int8, 2, 300), 0.05f, -3), y = Quantized(b, b.Input("y", DType.Int8, 2, 300), 0.05f, -3);
        int gate = Quantized(b, b.Tensor("gate", DType.Int8, 2, 300), 1 / 256f, -128), product = Quantized(b, b.Tensor("product", DType.Int8, 2, 300), 0.04f, 5);
        b.Operator(BuiltinOperator.Logistic, [y], [gate]).Operator(BuiltinOperator.Mul, [x, gate], [product], new MulOptionsRecord()).Output(product);
        using var model = b.Load();
        Assert.Equal(2, model.Optimized.Subgraphs[0].Nodes.Length);
        Compare(model);
    }

    [Fact]
    public void A_number_takes_part_unless_it_adds_an_axis()
    {
        Assert.Single(Scaled(1).Optimized.Subgraphs[0].Nodes);
        Assert.Equal(2, Scaled(1, 1, 1).Optimized.Subgraphs[0].Nodes.Length);
    }

    private static Model Scaled(params int[] shape)
    {
        var b = new ModelBuilder();
        int x = Quantized(b, b.Input("x", DType.Int8, 2, 300), 0.05f, -3), factor = Quantized(b, b.Constant("factor", DType.Int8, new sbyte[] { 90 }, shape), 0.02f, 7);
        int product = Quantized(b, b.Tensor("product", DType.Int8, 2, 300), 0.08f, 5), y = Quantized(b, b.Tensor("y", DType.Int8, 2, 300), 1 / 128f, 0);
        b.Operator(BuiltinOperator.Mul, [x, factor], [product], new MulOptionsRecord()).Operator(BuiltinOperator.Tanh, [product], [y]).Output(y);
        var model = b.Load();
        Compare(model);
        return model;
    }

    private static ModelBuilder Gate(DType type, bool keepsGate)
    {
        int zero = type == DType.Int8 ? 0 : 128;
        var b = new ModelBuilder();
        int x = Quantized(b, b.Input("x", type, 2, 300), 0.05f, zero - 3), gate = Quantized(b, b.Tensor("gate", type, 2, 300), 1 / 256f, zero - 128);
        int product = Quantized(b, b.Tensor("product", type, 2, 300), 0.045f, zero + 5), y = Quantized(b, b.Tensor("y", type, 2, 300), 0.04f, zero - 100);
        b.Operator(BuiltinOperator.Logistic, [x], [gate]).Operator(BuiltinOperator.Mul, [x, gate], [product], new MulOptionsRecord());
        b.Operator(BuiltinOperator.Relu, [product], [y]).Output(y);
        return keepsGate ? b.Output(gate) : b;
    }

    private static int Quantized(ModelBuilder b, int tensor, float scale, int zeroPoint)
    {
        b.Quantize(tensor, scale, zeroPoint);
        return tensor;
    }

    /// <summary>Outputs of the optimised graph and of the file's, which runs when all tensors are kept, have the same bits.</summary>
    private static void Compare(Model model)
    {
        using Interpreter optimised = new(model), source = new(model, new() { PreserveAllTensors = true });
        foreach (var interpreter in new[] { optimised, source })
        {
            for (int i = 0; i < interpreter.Inputs.Length; i++) new Random(i).NextBytes(interpreter.Inputs[i].Bytes);
            interpreter.Invoke();
        }
        for (int o = 0; o < source.Outputs.Length; o++) Assert.Equal(source.Outputs[o].Bytes.ToArray(), optimised.Outputs[o].Bytes.ToArray());
    }
}
