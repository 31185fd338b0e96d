using Graft.Schema;

namespace Graft.Tests.Passes;

public sealed class FuseGatesTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_gate_becomes_one_node_with_the_same_bits(bool isFirst, bool reproducesReference)
    {
        using var model = Gate(isFirst, ActivationFunctionType.None).Load();
        var node = Assert.Single(model.Optimized.Subgraphs[0].Nodes);
        Assert.Equal<int>([0, 1], node.Origin.Sources);
        foreach (var kernels in new[] { KernelSet.Fast, KernelSet.Reference })
        {
            using Interpreter fused = new(model, new() { Kernels = kernels, ReproduceReferenceFloats = reproducesReference });
            using Interpreter source = new(model, new() { Kernels = kernels, ReproduceReferenceFloats = reproducesReference, PreserveAllTensors = true });
            Assert.Equal(Run(source), Run(fused));
        }
    }

    [Fact]
    public void A_product_with_an_activation_stays()
    {
        using var model = Gate(false, ActivationFunctionType.Relu).Load();
        Assert.Equal(2, model.Optimized.Subgraphs[0].Nodes.Length);
    }

    private static int[] Run(Interpreter interpreter)
    {
        var x = interpreter.Inputs[0].Span<float>();
        for (int i = 0; i < x.Length; i++) x[i] = (i - 500) / 4f;
        (x[0], x[1], x[2]) = (float.NegativeInfinity, float.PositiveInfinity, -0f);
        interpreter.Invoke();
        return [.. interpreter.Outputs[0].Span<float>().ToArray().Select(BitConverter.SingleToInt32Bits)];
    }

    private static ModelBuilder Gate(bool isFirst, ActivationFunctionType activation)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1001), gate = b.Tensor("gate", DType.Float32, 1001), y = b.Tensor("y", DType.Float32, 1001);
        return b.Operator(BuiltinOperator.Logistic, [x], [gate])
            .Operator(BuiltinOperator.Mul, isFirst ? [gate, x] : [x, gate], [y], new MulOptionsRecord { FusedActivationFunction = activation }).Output(y);
    }
}
