using Graft.Schema;

namespace Graft.Tests.Passes;

public sealed class FoldPadsTests
{
    private const int Height = 6, Width = 9, Channels = 12;

    public static TheoryData<int[], bool, int, int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<int[], bool, int, int, bool>();
            foreach (int[] margins in (int[][])[[1, 1, 1, 1], [0, 2, 1, 0], [7, 5, 4, 11], [0, 0, 3, 0]])
            {
                foreach (bool isDepthwise in (bool[])[false, true])
                {
                    cases.Add(margins, isDepthwise, 1, 1, false);
                    cases.Add(margins, isDepthwise, 2, 1, false);
                    cases.Add(margins, isDepthwise, 1, 2, true);
                    cases.Add(margins, isDepthwise, 3, 1, true);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_pad_before_a_convolution_becomes_its_margins(int[] margins, bool isDepthwise, int stride, int dilation, bool isSame)
    {
        foreach (var (activations, weights) in ((DType, DType)[])[(DType.Float32, DType.Float32), (DType.Float32, DType.Int8), (DType.Int8, DType.Int8)])
        {
            int[] paddings = [0, 0, .. margins, 0, 0];
            using var model = Build(new(activations, weights), paddings, isDepthwise, stride, dilation, isSame, 4).Load();
            var node = Assert.Single(model.Optimized.Subgraphs[0].Nodes);
            Assert.Equal<int>([0, 1], node.Origin.Sources);
            foreach (var kernels in (KernelSet[])[KernelSet.Fast, KernelSet.Reference])
            {
                using Interpreter folded = new(model, new() { Kernels = kernels }), source = new(model, new() { Kernels = kernels, PreserveAllTensors = true });
                Assert.Equal(Run(source), Run(folded));
            }
        }
    }

    [Theory]
    [InlineData(new[] { 1, 0, 1, 1, 1, 1, 0, 0 }, 4)]
    [InlineData(new[] { 0, 0, 1, 1, 1, 1, 0, 2 }, 4)]
    [InlineData(new[] { 0, 0, 1, 1, 1, 1, 0, 0 }, 5)]
    public void Pads_of_batches_and_channels_and_those_with_another_zero_stay(int[] paddings, int zeroPoint)
    {
        using var model = Build(new(DType.Int8, DType.Int8), paddings, isDepthwise: false, 1, 1, isSame: false, zeroPoint).Load();
        Assert.Equal(2, model.Optimized.Subgraphs[0].Nodes.Length);
    }

    [Fact]
    public void A_pad_that_somebody_else_reads_stays()
    {
        var b = Build(new(DType.Float32, DType.Float32), [0, 0, 1, 1, 1, 1, 0, 0], isDepthwise: false, 1, 1, isSame: false, 4);
        using var model = b.Output(1).Load();
        Assert.Equal(2, model.Optimized.Subgraphs[0].Nodes.Length);
    }

    private sealed record Types(DType Activations, DType Weights);

    private static ModelBuilder Build(Types types, int[] paddings, bool isDepthwise, int stride, int dilation, bool isSame, int paddedZero)
    {
        var b = new ModelBuilder();
        var random = new Random(3);
        int channels = Channels + paddings[6] + paddings[7], filters = isDepthwise ? channels : 5, batch = 2 + paddings[0] + paddings[1];
        int x = b.Input("x", types.Activations, 2, Height, Width, Channels);
        int padded = b.Tensor("padded", types.Activations, batch, Height + paddings[2] + paddings[3], Width + paddings[4] + paddings[5], channels);
        int y = b.Tensor("y", types.Activations, batch, 1, 1, filters);
        if (types.Activations == DType.Int8) b.Quantize(x, 0.5f, 4).Quantize(padded, 0.5f, paddedZero).Quantize(y, 8, -3);
        b.TensorAt(y).ShapeSignature = [batch, -1, -1, filters];
        int[] shape = isDepthwise ? [1, 3, 3, channels] : [filters, 3, 3, channels];
        int count = shape.Aggregate(1, (a, d) => a * d);
        int w = types.Weights == DType.Float32 ? b.Constant("w", [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)], shape)
            : b.Constant("w", DType.Int8, [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))], shape);
        int bias = types.Activations == DType.Int8 ? b.Constant("b", [.. Enumerable.Range(0, filters).Select(i => 100 * i)], filters)
            : b.Constant("b", [.. Enumerable.Range(0, filters).Select(i => i / 8f)], filters);
        if (types.Weights == DType.Int8) b.Quantize(w, 0.01f);
        if (types.Activations == DType.Int8) b.Quantize(bias, 0.005f);
        b.Operator(BuiltinOperator.Pad, [x, b.Constant("paddings", paddings, 4, 2)], [padded], new PadOptionsRecord());
        var padding = isSame ? Padding.Same : Padding.Valid;
        if (isDepthwise)
        {
            b.Operator(BuiltinOperator.DepthwiseConv2D, [padded, w, bias], [y], new DepthwiseConv2DOptionsRecord
            {
                Padding = padding, StrideH = stride, StrideW = stride, DilationHFactor = dilation, DilationWFactor = dilation, DepthMultiplier = 1,
            });
        }
        else
        {
            b.Operator(BuiltinOperator.Conv2D, [padded, w, bias], [y], new Conv2DOptionsRecord
            {
                Padding = padding, StrideH = stride, StrideW = stride, DilationHFactor = dilation, DilationWFactor = dilation,
            });
        }
        return b.Output(y);
    }

    private static byte[] Run(Interpreter interpreter)
    {
        var random = new Random(7);
        var input = interpreter.Inputs[0];
        if (input.Type == DType.Int8) random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(input.Span<sbyte>()));
        else foreach (ref float v in input.Span<float>()) v = random.NextSingle() - 0.5f;
        interpreter.Invoke();
        return interpreter.Outputs[0].Bytes.ToArray();
    }
}
